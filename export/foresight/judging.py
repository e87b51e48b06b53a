"""How well chords are foretold: the very code that plays hears held-out pieces beat by beat."""

from collections.abc import Sequence

import msgspec
import numpy as np

from bridge.music.foresight import MODES, Foresight, fits, odds
from bridge.music.key import Key
from bridge.music.recurrent import Network
from export.foresight.beats import TICKS, Beats, Ints, heard
from export.foresight.training import MOST

SETTLED = 8
"""Beats of a piece after which foretelling is judged."""
FAR = 4
"""Beats ahead at which it is judged, too."""


class Mark(msgspec.Struct, frozen=True):
    """How well a set's chords are foretold: the share of a told chord's tones that are in the true one."""

    pieces: int
    far: float
    """Told FAR beats before."""
    before: float
    """Told before a beat is heard."""
    half: float
    """Told in the middle of it."""
    after: float
    """Told when it is over."""
    tonic: float
    """Always telling the tonic."""


def judge(found: Network, pieces: Sequence[Beats], chordal: bool = False) -> dict[str, Mark]:
    """The marks of each set, means over its pieces; `chordal`: with the accompaniment under the player's hands."""
    rows: dict[str, list[list[float]]] = {}
    for piece in pieces:
        marks = _marks(Foresight(found), piece, piece.notes if chordal else piece.melody)
        if marks:
            rows.setdefault(piece.set, []).append(np.mean(marks, 0).tolist())
    means = {name: np.mean(each, 0).tolist() for name, each in sorted(rows.items())}
    return {name: Mark(len(rows[name]), *mean) for name, mean in means.items()}


def _marks(foresight: Foresight, piece: Beats, notes: Ints) -> list[list[float]]:
    """For each judged beat of a piece what each of a `Mark`'s figures is there."""
    key = odds({Key(0, MODES[piece.mode]): 1.0})
    count = min(len(piece.states), MOST)
    whole, half, none = (heard(notes, piece.tonic, np.full(count, ticks)) for ticks in (TICKS, TICKS // 2, 0))
    marks: list[list[float]] = []
    told: list[int] = []
    pairs = zip(piece.states[:count].tolist(), piece.strengths[:count].tolist(), strict=True)
    for beat, (state, strength) in enumerate(pairs):
        first, *_, last = foresight.look(none[beat], strength, 0.0, [None] * (FAR + 1), key)
        told.append(last)
        middle = foresight.look(half[beat], strength, 0.5, [None], key)[0]
        after = foresight.look(whole[beat], strength, 1.0, [None], key)[0]
        if state >= 0 and beat >= SETTLED:
            marks.append([float(fits()[each, state]) for each in (told[beat - FAR], first, middle, after, piece.mode)])
        foresight.fold(whole[beat], strength, key)
    return marks
