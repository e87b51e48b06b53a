"""How late drummers are: measured on the performances of the training data, for `bridge.music.drum_feel`.

python -m export.ensemble.drum_timing BUNDLE prints the table that is kept there.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from bridge.engine.grid import TICKS
from bridge.music.drum_feel import GROUPS, PIECES, kit_piece
from export.data.piece import Column, Piece, Role, load_pieces, split
from export.ensemble.chances import STYLES

SIXTEENTH = 0.25
NEAR = 0.09
"""Beats from a sixteenth within which a stroke belongs to it, and not to a triplet."""
FEWEST = 60
"""Strokes below which nothing is said of a place."""
MOST = 15
"""Milliseconds that a place is early or late at most: what is beyond is another rhythm."""

Key = tuple[str, str, int]


def offsets(pieces: Iterable[Piece]) -> dict[Key, list[float]]:
    """Milliseconds by which strokes come after their sixteenth, by group of styles, piece of the kit and sixteenth.

    Each performance's own median is taken off first: it is the recording's delay, or where the drummer feels the click.
    """
    group_of = {style: group for group, styles in GROUPS.items() for style in styles}
    found: dict[Key, list[float]] = {}
    for piece in pieces:
        group = group_of.get(STYLES.get(piece.style, piece.style))
        drums = piece.notes[:, Column.ROLE] == Role.DRUMS
        if group is None or not piece.drum_dynamics or drums.sum() < FEWEST:
            continue
        rows = piece.notes[drums]
        beats = (rows[:, Column.TICK] - int(piece.bars[0])) / TICKS + piece.micro[drums]
        places = np.rint(beats / SIXTEENTH)
        off = beats - places * SIXTEENTH
        late = (off - np.median(off)) * 60000.0 / piece.tempo
        for place, pitch, away, ms in zip(places, rows[:, Column.PITCH], np.abs(off), late, strict=True):
            if away < NEAR:
                found.setdefault((group, kit_piece(int(pitch)), int(place) % 4), []).append(float(ms))
    return found


def table(found: dict[Key, list[float]]) -> dict[str, dict[str, tuple[int, ...]]]:
    """Median milliseconds by group, piece and sixteenth, 0 where too few strokes tell."""
    return {
        group: {piece: tuple(_median(found.get((group, piece, place), ())) for place in range(4)) for piece in PIECES}
        for group in GROUPS
    }


def jitter(found: dict[Key, list[float]]) -> float:
    """The usual spread around those medians in milliseconds: half of the strokes lie nearer."""
    rest = [abs(ms - np.median(values)) for values in found.values() if len(values) >= FEWEST for ms in values]
    return float(np.median(rest)) if rest else 0.0


def _median(values: Sequence[float]) -> int:
    if len(values) < FEWEST:
        return 0
    return int(np.clip(round(float(np.median(values))), -MOST, MOST))


if __name__ == "__main__":
    train, _ = split(load_pieces(Path(sys.argv[1])))
    measured = offsets(piece for piece in train if piece.set == "groove")
    for name, rows in table(measured).items():
        print(name, rows)
    print(f"jitter {jitter(measured):.1f} ms")
