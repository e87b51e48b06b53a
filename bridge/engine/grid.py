"""The musical grid: beats to ticks, and where a hand-played onset belongs.

A beat (quarter note) has 24 ticks. A hand is about 20 ms off, which at 120 beats a minute is one tick, so live
onsets are pulled to the places of the beat where music happens. The places are the 16ths, the 8th-note triplets and
the two 32nds beside the beat; between the 16ths and the triplets the pull decides by one tick, elsewhere by at
least one and a half. Training data goes through the same pull, so a live player's timing meets what the model saw.
"""

from bisect import bisect_right

TICKS = 24
"""Ticks a beat."""

PLACES = (0, 3, 6, 8, 12, 16, 18, 21)
"""Ticks of a beat where an onset may lie."""


def nearest() -> tuple[int, ...]:
    """For every tick of a beat the nearest place (24 = the next beat); of two equally near, the stronger one."""
    strength = {0: 0, 24: 0, 12: 1, 6: 2, 18: 2, 8: 2, 16: 2, 3: 3, 21: 3}
    places = (*PLACES, TICKS)
    return tuple(min(places, key=lambda p: (abs(p - tick), strength[p])) for tick in range(TICKS))


NEAREST = nearest()
_EDGES = tuple((a + b) / 2 for a, b in zip(PLACES, (*PLACES[1:], TICKS), strict=True))
_TARGETS = (*PLACES, TICKS)


def snap(ticks: float) -> int:
    """The place of the grid nearest to a position in (fractional) ticks; exact for positions on the grid."""
    beat, into = divmod(ticks, TICKS)
    return int(beat) * TICKS + _TARGETS[bisect_right(_EDGES, into - 1e-9)]


def snap_tick(tick: int) -> int:
    """The place of the grid for a whole tick, by table."""
    beat, into = divmod(tick, TICKS)
    return beat * TICKS + NEAREST[into]


def to_tick(beat: float) -> int:
    """The tick nearest to a position in beats, not pulled to the grid."""
    return round(beat * TICKS)


def to_beat(tick: int) -> float:
    """A tick as a position in beats."""
    return tick / TICKS
