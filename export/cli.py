"""`antiphon-export`: data, prepare, train, export, tune, evaluate, codec. Each command is thin; modules do the work."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bridge.engine.catalogue import find
from bridge.engine.codec import vocabulary
from bridge.errors import AntiphonError, DataError
from export import workshop
from export.data import bundle as bundles
from export.data import corpus, sources
from export.data import prepare as preparing
from export.evaluate.section import keep

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Train, export and judge Antiphon's packs.")

Data = Annotated[Path | None, typer.Option(help="Folder of the data bundle; else the variable ANTIPHON_DATA.")]
Cache = Annotated[Path | None, typer.Option(help="Folder for what is prepared; else the user's cache folder.")]
Family = Annotated[str, typer.Option(help="Family of models: lstm or transformer.")]
Weights = Annotated[Path | None, typer.Option(help="File of trained weights; else the family's own.")]
PackFolder = Annotated[Path | None, typer.Option("--pack", help="Folder of the pack; else the family's own.")]


@app.command()
def codec() -> None:
    """Print the vocabulary of events."""
    typer.echo(vocabulary())


@app.command()
def data(data: Data = None, cache: Cache = None) -> None:
    """Check the bundle's checksums, prepare melodies and pieces, and print what there is and where it is from."""
    bundle = bundles.find(data)
    others = bundle.verify([source.file for source in sources.BAND_SOURCES])
    typer.echo("every file that melodies and pieces come from is as SHA256SUMS says")
    for path in others:
        typer.echo(f"not as SHA256SUMS says, and not used here: {path}")
    train, valid = corpus.split(corpus.load(bundle, cache))
    shared = {melody.cluster for melody in train} & {melody.cluster for melody in valid}
    if shared:
        raise DataError(f"melody clusters {sorted(shared)[:5]} are in both splits; this is a fault of the split")
    notes: Counter[tuple[str, bool]] = Counter()
    for part, held in ((train, False), (valid, True)):
        for melody in part:
            notes[melody.set, held] += len(melody.tones)
    for source in sources.SOURCES:
        name = source.name
        typer.echo(f"{name:<12}{notes[name, False]:>8} notes to train on{notes[name, True]:>8} held out")
    typer.echo(preparing.prepare_bundle(bundle, cache))
    typer.echo(sources.table(bundle, sources.BAND_SOURCES))


@app.command()
def prepare(
    folder: Annotated[Path, typer.Argument(help="Folder with MIDI files; folders in it name the style.")],
    out: Annotated[Path | None, typer.Option(help="File of prepared pieces; else in the user's cache folder.")] = None,
) -> None:
    """Prepare a folder of your own MIDI files, and print what there is, and what was skipped and why."""
    typer.echo(preparing.prepare_folder(folder, out))


@app.command()
def train(
    data: Data = None,
    cache: Cache = None,
    family: Family = "lstm",
    out: Annotated[Path | None, typer.Option(help="File of weights; else the family's own.")] = None,
    steps: Annotated[int, typer.Option(help="Steps of training (lstm); else the recipe's.")] = 0,
    minutes: Annotated[float, typer.Option(help="Budget in minutes (transformer); else the recipe's.")] = 0.0,
    preset: Annotated[
        str, typer.Option(help="Size of the model (transformer): cpu or gpu; student (diffusion): teach one.")
    ] = "cpu",
    device: Annotated[str, typer.Option(help="Where to train (transformer): cpu or cuda.")] = "cpu",
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Train a family's model; a transformer's run is taken up again where it was left."""
    place = workshop.find(family)
    job = workshop.Job(
        data=data, cache=cache, weights=out or place.weights, pack=place.pack, steps=steps, minutes=minutes,
        preset=preset, device=device, threads=threads,
    )  # fmt: skip
    typer.echo(place.open().train(job))


@app.command()
def export(
    data: Data = None, cache: Cache = None, family: Family = "lstm", weights: Weights = None, pack: PackFolder = None
) -> None:
    """Write the pack: graphs, card and recipe. Nothing is written where a graph differs from torch."""
    place = workshop.find(family)
    job = workshop.Job(data=data, cache=cache, weights=weights or place.weights, pack=pack or place.pack)
    typer.echo(place.open().export(job))


@app.command()
def tune(
    folder: Annotated[Path, typer.Argument(help="Folder with your own MIDI files, or with jams (jam.mid).")],
    source: Annotated[str, typer.Option("--from", help="The pack to begin with: its folder or name.")] = "ensemble",
    out: Annotated[Path | None, typer.Option(help="Folder of the tuned pack; else models/<folder>-tuned.")] = None,
    minutes: Annotated[float, typer.Option(min=0.05, help="Budget of the training.")] = 6.0,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
) -> None:
    """Tune a pack to your own music, in minutes on a CPU; nothing is written where it does not get better at it."""
    import torch

    from export.ensemble.tuned_pack import tune_pack
    from export.ensemble.tuning import Recipe

    torch.set_num_threads(threads)
    place = out or Path("models") / f"{folder.resolve().name}-tuned"
    typer.echo(tune_pack(find(source), folder, place, Recipe(minutes=minutes)))


@app.command()
def evaluate(
    data: Data = None,
    cache: Cache = None,
    family: Family = "lstm",
    weights: Weights = None,
    pack: Annotated[str | None, typer.Option("--pack", help="A pack's folder or name; else the family's own.")] = None,
    prompts: Annotated[int, typer.Option(help="Held-out melodies to carry on, at most (lstm).")] = 300,
    mode: Annotated[
        str | None, typer.Option(help="Judge the pack in this mode (accompany, harmonise, free), simulated live.")
    ] = None,
    pieces: Annotated[int, typer.Option(min=1, help="Held-out pieces to play along with (--mode).")] = 12,
    inputs: Annotated[str, typer.Option(help="What pieces: of written, sheets, pop (--mode).")] = "written,sheets,pop",
    candidates: Annotated[int, typer.Option(min=1, max=8, help="Answers to choose from (--mode).")] = 1,
    seed: Annotated[int, typer.Option(help="Same seed, same answers (--mode).")] = 1,
    out: Annotated[Path, typer.Option(help="Folder for picture and JSON (--mode).")] = Path("build/evaluation"),
) -> None:
    """Measure the pack against baselines, and write CARD.md; with --mode, how it plays along, into a section of it."""
    place = workshop.find(family)
    if mode is not None:
        from export.evaluate.accompany.command import judge

        folder = place.pack if pack is None else find(pack)
        kinds = tuple(kind.strip() for kind in inputs.split(","))
        typer.echo(judge(data, cache, folder, mode, pieces, kinds, candidates, seed, out))
        return
    job = workshop.Job(
        data=data,
        cache=cache,
        weights=weights or place.weights,
        pack=place.pack if pack is None else Path(pack),
        prompts=prompts,
    )
    card = job.pack / "CARD.md"
    before = card.read_text("utf-8") if card.is_file() else ""
    text = place.open().evaluate(job)
    keep(job.pack, before)
    typer.echo(text)


@app.command()
def listening(
    data: Data = None,
    cache: Cache = None,
    most: Annotated[int, typer.Option(help="Held-out sheets at most; 0: all.")] = 0,
) -> None:
    """How well the daemon's ear hears key and chords of held-out lead sheets while their tune is played."""
    from export.data.piece import load_pieces, split
    from export.evaluate.listening import SETS, table

    _, valid = split(load_pieces(bundles.find(data).folder, cache))
    sheets = [piece for piece in valid if piece.set in SETS]
    typer.echo(table(sheets[:most] if most else sheets))


def main() -> None:
    """Entry point: errors the user can mend are one line and exit code 1."""
    try:
        app()
    except AntiphonError as error:
        typer.echo(f"antiphon-export: {error}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
