"""Chords by tick, as far as they are known: what a model is told of the harmony at each event."""

from bisect import bisect_right
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from bridge.engine.ensemble_controls import FAR, LEFT, LEFT_UNIT, NEXT, NEXT_KNOWN, NOW, chord_row
from bridge.engine.features import NONE
from bridge.music.chord import Chord, ChordAt

NEVER = 1 << 30
"""Ticks to a chord that is not known."""


class HarmonyTrack:
    """A chord track in ticks; empty where nothing is known."""

    def __init__(self, chords: Iterable[ChordAt] = (), tick: Callable[[float], int] = round) -> None:
        """`tick` maps stage beats to ticks."""
        known = sorted((tick(at.beat), n, at.chord) for n, at in enumerate(chords))
        self.ticks = [start for start, _, _ in known]
        self.chords: list[Chord | None] = [chord for _, _, chord in known]

    def tell(self, tick: int, row: NDArray[np.float32]) -> tuple[int, int]:
        """Write the chord at a tick and the next one into a row [C] of controls; roots of both, NONE where none."""
        here = bisect_right(self.ticks, tick) - 1
        if here < 0:
            return NONE, NONE
        row[NOW] = chord_row(self.chords[here])
        following = here + 1
        after = NONE
        if following < len(self.ticks) and self.ticks[following] - tick <= FAR:
            row[NEXT] = chord_row(self.chords[following])
            row[LEFT] = (self.ticks[following] - tick) / LEFT_UNIT
            row[NEXT_KNOWN] = 1.0
            after = _root(self.chords[following])
        return _root(self.chords[here]), after

    def gap(self, tick: int) -> int:
        """Ticks to the next chord, as far as it is told to a model; NEVER where it is not."""
        here = bisect_right(self.ticks, tick)
        gap = self.ticks[here] - tick if 0 < here < len(self.ticks) else FAR + 1
        return gap if gap <= FAR else NEVER

    def at(self, tick: int) -> Chord | None:
        """The chord that sounds at a tick, None where there is none or it is not known."""
        here = bisect_right(self.ticks, tick) - 1
        return self.chords[here] if here >= 0 else None

    def between(self, start: int, end: int) -> list[tuple[int, Chord | None]]:
        """The chords of a stretch of ticks: when each begins, the first at the start, and what it is."""
        here = max(bisect_right(self.ticks, start) - 1, 0)
        known = zip(self.ticks[here:], self.chords[here:], strict=True)
        return [(max(tick, start), chord) for tick, chord in known if tick < end]


def _root(chord: Chord | None) -> int:
    return NONE if chord is None else chord.root
