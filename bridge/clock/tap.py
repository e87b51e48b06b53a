"""Tap tempo: a finger's taps made into a tempo, and into the moment of the next beat.

The taps are numbered by the beats they stand for, and a line is laid through (number, time) by the median of the
slopes between any two of them (Theil, «A rank-invariant method of linear and polynomial regression analysis», 1950),
so that one bad tap among eight changes nothing.
"""

from collections import deque
from itertools import combinations, pairwise
from statistics import median

import msgspec

GAP = 2.0
"""Seconds without a tap after which the next one is a first one."""
KEPT = 8
"""Taps that are looked at."""
LEAST = 3
"""Taps that make a tempo: two may be an accident."""
BOUNCE = 0.1
"""Seconds within which a second tap is the first one's bounce."""
EVEN = 0.2
"""Part of a beat by which a tap may miss it and still belong to it."""
STEADY = 4
"""Taps in a row that, even among themselves, are a tempo of their own, twice or half the one before included."""
SLOWEST_BPM, FASTEST_BPM = 20.0, 300.0


class Tapped(msgspec.Struct, frozen=True):
    """What the taps so far come to."""

    count: int
    """Taps that belong together, this one included."""
    bpm: float | None = None
    """Quarter notes a minute, in tenths; None while there are too few taps."""
    next: float = 0.0
    """Time at which the next beat is due; without a meaning while there is no tempo."""


class Taps:
    """Takes taps, in seconds of any one timebase.

    A tap left out counts as two beats and one put in between as none; when that goes on, it is the tempo. A tap that
    fits nothing, or comes after a pause, is the first of new ones.
    """

    def __init__(self) -> None:
        self._taps: list[tuple[int, float]] = []
        self._all: deque[float] = deque(maxlen=STEADY)

    def tap(self, time: float) -> Tapped:
        """Take a tap."""
        since = time - self._all[-1] if self._all else GAP
        if 0.0 <= since < BOUNCE:
            return self._told()
        if not 0.0 <= since < GAP:
            self._begin([time])
            return self._told()
        self._all.append(time)
        if len(self._taps) < 2:
            self._taps.append((len(self._taps), time))
            return self._told()
        number, last = self._taps[-1]
        beats = (time - last) / self._line()[0]
        if self._is_another_tempo():
            self._begin(list(self._all))
        elif abs(beats - max(round(beats), 1)) <= EVEN and beats < 3:
            self._taps = [*self._taps, (number + round(beats), time)][-KEPT:]
        elif abs(beats - 0.5) > EVEN:
            self._begin([time])
        return self._told()

    def _begin(self, times: list[float]) -> None:
        self._taps = list(enumerate(times))
        self._all.clear()
        self._all.extend(times)

    def _is_another_tempo(self) -> bool:
        """Whether the last taps are even among themselves, but not at the tempo so far."""
        if len(self._all) < STEADY:
            return False
        steps = [b - a for a, b in pairwise(self._all)]
        step, period = median(steps), self._line()[0]
        return abs(step - period) > EVEN * period and all(abs(s - step) <= EVEN * step for s in steps)

    def _line(self) -> tuple[float, float]:
        """Seconds a beat, and the time of beat 0, of the taps so far: two at least."""
        slope = median((b - a) / (n - m) for (m, a), (n, b) in combinations(self._taps, 2))
        return slope, median(at - slope * number for number, at in self._taps)

    def _told(self) -> Tapped:
        count = len(self._taps)
        if count < LEAST:
            return Tapped(count)
        period, first = self._line()
        bpm = min(max(60.0 / period, SLOWEST_BPM), FASTEST_BPM)
        return Tapped(count, round(bpm, 1), first + period * (self._taps[-1][0] + 1))
