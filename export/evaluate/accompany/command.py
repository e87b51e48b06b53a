"""`antiphon-export evaluate --mode`: plays the trials, writes the section of CARD.md, a picture and JSON."""

from pathlib import Path

import msgspec
import typer

from bridge.errors import DataError
from bridge.jam.modes import MODES
from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.evaluate.accompany.evaluation import Request, evaluate
from export.evaluate.accompany.picture import draw
from export.evaluate.accompany.report import markdown
from export.evaluate.accompany.trial import INPUTS
from export.evaluate.markdown import filled
from export.evaluate.section import write

JUDGED_ELSEWHERE = ("continue", "trade")
"""Modes of a single melody, which `evaluate` without a mode judges."""
ROWS_A_TRIAL = 4
WIDTH = 36


def run(request: Request, pieces: list[Piece], out: Path) -> str:
    """Evaluate, write everything, and return the section. Raises DataError for what cannot be evaluated."""
    check(request)
    train, valid = split(pieces)
    with typer.progressbar(length=request.pieces * ROWS_A_TRIAL, label="playing", width=WIDTH) as bar:
        found, _ = evaluate(request, train, valid, bar.update)
    if found.written is None and found.others is None:
        raise DataError("no held-out piece can be played along with; ask for other inputs")
    text = filled(markdown(found))
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{request.mode}.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
    draw(found, out / f"{request.mode}.png")
    write(request.pack, f"evaluation: {request.mode}", text)
    return text


def judge(
    data: Path | None,
    cache: Path | None,
    pack: Path,
    mode: str,
    pieces: int,
    kinds: tuple[str, ...],
    candidates: int,
    seed: int,
    out: Path,
) -> str:
    """`run` on the bundle's pieces, its files in a folder of the pack's name. Raises DataError."""
    request = Request(pack=pack, mode=mode, pieces=pieces, kinds=kinds, seed=seed, candidates=candidates)
    check(request)
    return run(request, load_pieces(bundles.find(data).folder, cache), out / pack.name)


def check(request: Request) -> None:
    """Refuse what cannot be evaluated. Raises DataError."""
    if request.mode in JUDGED_ELSEWHERE:
        raise DataError(f"mode {request.mode} is judged by `antiphon-export evaluate` without --mode")
    if request.mode not in MODES:
        raise DataError(f"no mode «{request.mode}»; choose one of {', '.join(set(MODES) - set(JUDGED_ELSEWHERE))}")
    unknown = set(request.kinds) - set(INPUTS)
    if unknown or not request.kinds:
        raise DataError(f"no inputs «{', '.join(sorted(unknown))}»; choose from {', '.join(INPUTS)}")
    if not (request.pack / "pack.toml").is_file():
        raise DataError(f"there is no pack in {request.pack}; name a pack's folder, or one in models/")
