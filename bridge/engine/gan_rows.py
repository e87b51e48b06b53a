"""What the groove graphs read and give, as numbers: a kit on a grid of 32 steps, a rhythm to follow, and wishes.

`python -m bridge.engine.gan_rows` prints the layout.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.kit import NAMES, PIECE_OF
from bridge.engine.window import PER_BEAT, STEPS, Cell

Row = NDArray[np.float32]

PIECES = len(NAMES)
NOISE = 24
"""Numbers of noise for a window as a whole."""
GRAIN = 2
"""Numbers of noise for each step."""
GENRES = (
    "rock", "pop", "funk", "hiphop", "punk", "jazz", "latin", "afrocuban", "neworleans", "soul", "country", "reggae",
)  # fmt: skip
"""Genres that a kit can be asked for; the knob `genre` is a place in this list from 1 on, 0 is none."""

TAP = ("onset", "velocity", "offset")
FRAME = ("inside", "bar line", "beat", "eighth", "sine of the bar", "cosine of the bar", "fill")
FILL = FRAME.index("fill")
GENRE = slice(0, len(GENRES))
DENSITY, DENSITY_KNOWN, FOLLOW, TAPPED = range(len(GENRES), len(GENRES) + 4)
WISHES = TAPPED + 1
DENSITY_UNIT = 4.0
"""Onsets of the kit (steps at which any drum is hit) a beat that count as 1."""
LATEST = 0.5 / PER_BEAT
"""Beats after its step that an offset of 1 means."""
ACROSS = PIECES * len(TAP)
"""Numbers a step of a kit as the critic reads it: onsets, velocities, offsets."""


class Hits(NamedTuple):
    """A kit's (or, of one line, a tap's) hits: onset 0 or 1, velocity 0 to 1, offset -1 to 1, each [..., 32]."""

    onset: Row
    velocity: Row
    offset: Row


def kit_of(cells: Sequence[Cell]) -> Hits:
    """Drums of a window as hits [9, 32]; of two of a piece on one step the louder, drums of no piece are left out."""
    found = Hits(*(np.zeros((PIECES, STEPS), np.float32) for _ in TAP))
    for cell in cells:
        piece = PIECE_OF.get(cell.pitch)
        if piece is not None:
            _hit(found, (piece, cell.step), cell)
    return found


def tap_of(cells: Sequence[Cell]) -> Hits:
    """Notes of any pitch in a window as one line of hits [32]; of two on one step the louder."""
    found = Hits(*(np.zeros(STEPS, np.float32) for _ in TAP))
    for cell in cells:
        _hit(found, cell.step, cell)
    return found


def squashed(kit: Hits, heard: NDArray[np.bool_] | None = None) -> Hits:
    """A kit [..., 9, 32] as one line of hits [..., 32]: where any piece sounds, the loudest; of those `heard` alone."""
    onset = kit.onset if heard is None else kit.onset * heard
    loud = np.where(onset > 0, kit.velocity + 1.0e-3, 0.0)
    best = loud.argmax(-2)[..., None, :]
    there = onset.max(-2)
    velocity = np.take_along_axis(kit.velocity, best, -2)[..., 0, :] * there
    offset = np.take_along_axis(kit.offset, best, -2)[..., 0, :] * there
    return Hits(there, velocity, offset)


def frame(steps: int, bar: int, fills: Collection[int] = ()) -> Row:
    """The window's grid [7, 32]: `steps` of it are inside, `bar` make a bar, and the bars numbered in `fills` (from 0)
    are fills."""
    place = np.arange(STEPS)
    inside = place < steps
    turn = 2 * math.pi * (place % bar) / bar
    rows = (
        inside,
        place % bar == 0,
        place % PER_BEAT == 0,
        place % 2 == 0,
        np.sin(turn),
        np.cos(turn),
        np.isin(place // bar, list(fills)),
    )
    return (np.stack(rows) * inside).astype(np.float32)


def wishes(genre: int = 0, density: float = math.nan, follow: float = 1.0, tapped: bool = True) -> Row:
    """What is asked for [16]: genre from 1 on (0 none), onsets a beat (NaN: not known), how far the rhythm is to be
    followed note by note (1) or only played along with (0), and whether there is a rhythm."""
    row = np.zeros(WISHES, np.float32)
    if 0 < genre <= len(GENRES):
        row[genre - 1] = 1.0
    if math.isfinite(density):
        row[DENSITY], row[DENSITY_KNOWN] = density / DENSITY_UNIT, 1.0
    row[FOLLOW] = min(max(follow, 0.0), 1.0) * tapped
    row[TAPPED] = tapped
    return row


def layout() -> str:
    """The rows as text, one line a part."""
    parts = (
        ("tap", ", ".join(TAP)),
        ("frame", ", ".join(FRAME)),
        (f"wishes {GENRE.start} to {GENRE.stop - 1}", "genre: " + ", ".join(GENRES)),
        (f"wishes {DENSITY} to {DENSITY_KNOWN}", f"onsets a beat by {DENSITY_UNIT:g}, and whether they are told"),
        (f"wishes {FOLLOW} to {TAPPED}", "how far the tap is followed, and whether there is one"),
        ("kit", ", ".join(NAMES)),
    )
    return "\n".join(f"{part:<16}{what}" for part, what in parts)


def _hit(hits: Hits, place: tuple[int, int] | int, cell: Cell) -> None:
    velocity = min(max(cell.velocity, 1), 127) / 127
    if velocity > hits.velocity[place]:
        hits.onset[place], hits.velocity[place] = 1.0, velocity
        hits.offset[place] = min(max(cell.offset / LATEST, -1.0), 1.0)


if __name__ == "__main__":
    print(layout())
