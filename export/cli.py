"""`antiphon-export`: data, train, export, evaluate, codec. Each command is thin; the work is in the modules."""

import logging
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bridge.engine.codec import vocabulary
from bridge.errors import AntiphonError, DataError
from export.data import bundle as bundles
from export.data import corpus, sources
from export.data.melody import Melody

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Train, export and judge Antiphon's packs.")

Data = Annotated[Path | None, typer.Option(help="Folder of the data bundle; else the variable ANTIPHON_DATA.")]
Cache = Annotated[Path | None, typer.Option(help="Folder for prepared melodies; else the user's cache folder.")]
Weights = Annotated[Path, typer.Option(help="File of trained weights.")]
PackFolder = Annotated[Path, typer.Option("--pack", help="Folder of the pack.")]
DEFAULT_WEIGHTS = Path("build/lstm.pt")
DEFAULT_PACK = Path("models/lstm-melody")


@app.command()
def codec() -> None:
    """Print the vocabulary of events."""
    typer.echo(vocabulary())


@app.command()
def data(data: Data = None, cache: Cache = None) -> None:
    """Check the bundle's checksums, prepare the melodies, and print what there is and where it is from."""
    bundle = bundles.find(data)
    others = bundle.verify([source.file for source in sources.SOURCES])
    typer.echo("every file that the melodies come from is as SHA256SUMS says")
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
    typer.echo(sources.table(bundle))


@app.command()
def train(
    data: Data = None,
    cache: Cache = None,
    out: Weights = DEFAULT_WEIGHTS,
    steps: Annotated[int, typer.Option(help="Steps of training; else the recipe's.")] = 0,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Train the melody LSTM and keep the weights that are best on held-out melodies."""
    import msgspec
    import torch

    from export.train import Recipe
    from export.train import train as run

    torch.set_num_threads(threads)
    recipe = msgspec.structs.replace(Recipe(), steps=steps) if steps else Recipe()
    out.parent.mkdir(parents=True, exist_ok=True)
    best = run(*_melodies(data, cache), recipe, out)
    typer.echo(f"best at step {best['step']:.0f}: {best['note']:.3f} nats a note, in {out}")


@app.command()
def export(
    data: Data = None, cache: Cache = None, weights: Weights = DEFAULT_WEIGHTS, pack: PackFolder = DEFAULT_PACK
) -> None:
    """Write the pack: graph, card and recipe. Nothing is written where the graph differs from torch."""
    from export.pack import write_pack
    from export.train import held_out

    _, valid = _melodies(data, cache)
    typer.echo(f"{pack}: {write_pack(weights, pack, held_out(valid))}")


@app.command()
def evaluate(
    data: Data = None,
    cache: Cache = None,
    weights: Weights = DEFAULT_WEIGHTS,
    pack: PackFolder = DEFAULT_PACK,
    prompts: Annotated[int, typer.Option(help="Held-out melodies to carry on, at most.")] = 300,
) -> None:
    """Measure the pack against baselines and humans, and write CARD.md."""
    from export.evaluate.card import write_card

    bundle = bundles.find(data)
    train, valid = corpus.split(corpus.load(bundle, cache))
    typer.echo(write_card(bundle, train, valid, weights, pack, prompts))


def _melodies(data: Path | None, cache: Path | None) -> tuple[list[Melody], list[Melody]]:
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("export").setLevel(logging.INFO)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    return corpus.split(corpus.load(bundles.find(data), cache))


def main() -> None:
    """Entry point: errors the user can mend are one line and exit code 1."""
    try:
        app()
    except AntiphonError as error:
        typer.echo(f"antiphon-export: {error}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
