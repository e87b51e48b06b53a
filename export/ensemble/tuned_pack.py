"""`antiphon-export tune`: from a pack and a folder of a person's own MIDI files or jams to a pack tuned to them."""

import shutil
import tempfile
from pathlib import Path

import msgspec
import torch
import typer

from bridge.engine.pack import Card, Pack, pack_sha
from bridge.errors import DataError, PackError
from export.data import folder as folders
from export.data import report
from export.data.piece import Piece
from export.data.table import finished
from export.ensemble.losses import judge
from export.ensemble.pack import graph_files, write_graphs
from export.ensemble.restore import restore
from export.ensemble.tuning import Recipe, Tuned, deal, sheets, tune, voices
from export.evaluate.section import put
from export.families.transformer import Sheet
from export.toml import dumps

WIDTH = 30
TICKS_OF_THE_BAR = 1000


def tune_pack(source: Path, folder: Path, out: Path, recipe: Recipe) -> str:
    """Tune the pack in `source` to the music in `folder` and write the tuned one to `out`; returns the report.

    Raises DataError where there is too little music, PackError where the pack cannot be tuned or came out no better.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} is there already; name another folder with --out")
    pack = Pack.load(source)
    model = restore(pack)
    pieces, skips = read(folder)
    deal(pieces, recipe.share)
    typer.echo(f"{len(pieces)} tunes from {folder}; the pack «{pack.card.name}» has its weights again")
    with typer.progressbar(length=TICKS_OF_THE_BAR, label="tuning", width=WIDTH, show_eta=True) as bar:

        def step(share: float, newest: float) -> None:
            bar.label = f"tuning ({newest:.3f} nats a held-out note)"
            bar.update(int(share * TICKS_OF_THE_BAR) - bar.pos)

        model, tuned = tune(model, pieces, recipe, step)
    if not tuned.better:
        raise PackError(
            f"{tuned.minutes:.1f} minutes of tuning did not help: {tuned.before:.3f} nats a held-out note before, "
            f"{tuned.after:.3f} at best; nothing was written. More tunes of one kind, or more minutes, may help"
        )
    _, held = deal(pieces, recipe.share)
    judged = sheets(held, recipe.length, recipe.most)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as name:
        draft = Path(name) / "pack"
        parity = write_graphs(model, draft, longest(judged))
        card = msgspec.structs.replace(
            pack.card,
            name=out.name,
            title=f"{pack.card.title} (tuned)"[:200],
            licence=f"{pack.card.licence}, tuned to music of its owner's",
            graphs=graph_files(draft),
        )
        (draft / "pack.toml").write_text(dumps(msgspec.to_builtins(card)), "utf-8")
        after = judge(restore(Pack.load(draft)), judged)["note"]
        tuned = msgspec.structs.replace(tuned, after=after)
        if not tuned.better:
            raise PackError(
                f"in 8 bits the tuned weights are no better ({tuned.before:.3f} nats a held-out note before, "
                f"{after:.3f} after); nothing was written. More tunes of one kind, or more minutes, may help"
            )
        words = told(card, pack, pieces, tuned)
        _papers(source, draft, card, words, recipe, tuned, str(parity))
        if out.exists():
            out.rmdir()
        shutil.move(draft, out)
    return "\n\n".join([words, *([report.reasons(skips)] if skips else []), str(out)])


def read(folder: Path) -> tuple[list[Piece], list[report.Skip]]:
    """The music in a folder, jams of the daemon among it, and what was skipped and why. Raises DataError."""
    paths = folders.files(folder)
    with typer.progressbar(folders.read(paths, folder), length=len(paths), label="reading", width=WIDTH) as items:
        table = finished(list(items))
    jams = [log for log in folder.rglob("session.jsonl") if not (log.parent / "jam.mid").is_file()]
    unread = [
        report.Skip(folders.SET, str(log.relative_to(folder)), "a jam without its notes: `antiphon replay` writes them")
        for log in jams
    ]
    return table.pieces, [*table.skips, *unread]


def told(card: Card, pack: Pack, pieces: list[Piece], tuned: Tuned) -> str:
    """The section of CARD.md, and what is printed."""
    notes = ", ".join(f"{count} of {voice}" for voice, count in voices(pieces).items() if count)
    return f"""## What it was tuned to

«{card.name}» is «{pack.card.name}» {pack.card.version}, tuned to {tuned.trained} tunes of its owner's for
{tuned.minutes:.1f} minutes ({tuned.steps} steps); {tuned.held} others were held out. Notes: {notes}.

| nats a band note on the held-out tunes | before | after |
|---|---:|---:|
| as the pack plays, in 8 bits | {tuned.before:.3f} | {tuned.after:.3f} |

The figures above and below this section, speed aside, are those of the pack that it was made from.

Licence: the weights are made from those of «{pack.card.name}» ({pack.card.licence}; name its authors if you pass them
on) and from the music that it was tuned to. Nobody but you knows what that music is: pass the pack on only where you
may pass on what was learnt from it. Nothing of it has left this machine."""


def longest(judged: list[Sheet]) -> Sheet:
    """The stream with the most events."""
    return max(judged, key=lambda sheet: sheet.events.shape[1])


def _papers(source: Path, draft: Path, card: Card, words: str, recipe: Recipe, tuned: Tuned, parity: str) -> None:
    before = source / "CARD.md"
    text = before.read_text("utf-8") if before.is_file() else f"# {card.title}\n"
    (draft / "CARD.md").write_text(put(text, "tuned", words), "utf-8")
    table = {
        "commands": [f"antiphon-export tune --from {source.name} FOLDER --out {card.name}"],
        "parity": parity,
        "torch": torch.__version__,
        "from": {"pack": source.name, "sha256": pack_sha(source)},
        "recipe": msgspec.to_builtins(recipe),
        "tuned": msgspec.to_builtins(tuned),
    }
    (draft / "recipe.toml").write_text(dumps(table), "utf-8")
