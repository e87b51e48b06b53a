"""A delay-locked loop: the steady pulse behind a stream of ticks that come late, twice or not at all.

The loop is Fons Adriaensen's second-order one («Using a DLL to filter time», Linux Audio Conference 2005):
with the error e of a tick against its predicted time, the next prediction moves by b·e and the period by
c·e, where b = sqrt(2)·w, c = w², w = 2·pi·bandwidth·period. The first ticks have the gains of a
least-squares line through all ticks so far (the expanding-memory filter of Brookner, «Tracking and Kalman
Filtering Made Easy», 1998, section 1.2.10), so that after every tick the tempo is known as well as it can
be.

A tick counts as the one it lies nearest to, so that a tick that comes twice adds nothing and lost ticks are
made up for. That alone would take a tempo step for lost or double ticks; two rules look for one:
- `STEADY` even intervals that do not fit the period are a new tempo, and every one of them was one tick;
- `STUBBORN` errors in a row beyond `FAR` to the same side are a new tempo that the clamp would hide.
"""

import math
from collections import deque
from itertools import pairwise

FIRST_BANDWIDTH = 2.0
"""Hz, for the first `FIRST_TICKS` ticks."""
BANDWIDTH = 1.0
"""Hz, from then on."""
FIRST_TICKS = 48
WIDEST = 0.4
"""Limit of w: beyond it a slow clock would make the loop swing."""
STEADY = 4
STEP = 0.15
"""Part of the period by which even intervals must differ from it to be a new tempo."""
TWICE = 0.3
"""Periods since the last tick was due up to which a tick is that same one again."""
CLOSE = 0.35
CLOSE_TWICE = 0.6
"""The same for a tick that comes less than `CLOSE` periods behind another."""
LOST = 0.7
"""Part of a period by which a tick may be late before it is taken for the next one."""
EVEN = 0.2
"""Part of their mean by which intervals may differ from it and still be even."""
STUBBORN = 4
FAR = 0.008
"""Seconds, or `FAR_PART` of the period where that is less."""
FAR_PART = 0.2
CLAMP = 0.003
"""Seconds that a late tick may count for, or three times the usual error where that is more."""
KEPT = 6
"""Age given to a loop that knows its period but not its phase."""
OUTLIERS = 2
"""Late ticks in a row that are clamped; a stall of 30 ms makes no more, so a third one means what it says."""
ERROR_TICKS = 48
"""Ticks over which the usual error is averaged."""


class TickLoop:
    """Follows a pulse of between `shortest` and `longest` seconds; times are seconds of any one timebase."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = longest
        self._index = 0
        self._age = 0
        self._period = 0.0
        self._next = 0.0
        self._square = 0.0
        self._stubborn = 0
        self._side = 0.0
        self._late = 0
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=STEADY + 1)
        self._accepted: deque[tuple[float, int]] = deque(maxlen=STUBBORN)

    @property
    def period(self) -> float:
        """Seconds a tick; 0 while unknown."""
        return self._period

    @property
    def next(self) -> float:
        """Time at which the next tick is expected; without a meaning while the period is unknown."""
        return self._next

    @property
    def error(self) -> float:
        """Root mean square of the last ticks' errors in seconds, outliers clamped."""
        return math.sqrt(self._square)

    def release(self) -> None:
        """Let go of the phase but keep the period: the next tick may come at any time."""
        self._age = 0
        self._side = 0.0
        self._arrivals.clear()
        self._accepted.clear()

    def tick(self, time: float) -> int:
        """Take a tick and return by how many the count moves on.

        1 as a rule, 0 for a tick that came twice, more after lost ones. Where the loop takes back what it
        made of a tempo step, the number may be negative.
        """
        if self._age == 0:
            return self._begin(time)
        if self._period == 0.0:
            return self._measure(time)
        since = (time - self._next) / self._period + 1.0
        close = time - self._arrivals[-1][0] < CLOSE * self._period
        steps = max(math.floor(since + 1.0 - LOST), 1) if since > (CLOSE_TWICE if close else TWICE) else 0
        before = self._index
        self._index += steps
        self._arrivals.append((time, self._index))
        if self._steps_evenly():
            count = self._arrivals[0][1] + STEADY
            self._index = count
            self._fit([(at, count - STEADY + step) for step, (at, _) in enumerate(self._arrivals)])
        elif steps > 0:
            self._accepted.append((time, self._index))
            self._correct(time, steps)
        return self._index - before

    def _begin(self, time: float) -> int:
        self._index += 1
        self._note(time)
        self._next = time + self._period
        self._age = KEPT if self._period else 1
        return 1

    def _measure(self, time: float) -> int:
        """Take the second tick of a pulse of unknown period."""
        interval = time - self._arrivals[-1][0]
        if interval < self._shortest:
            return 0
        self._index += 1
        self._note(time)
        if interval <= self._longest:
            self._period = interval
            self._next = time + interval
            self._age = 2
        return 1

    def _note(self, time: float) -> None:
        self._arrivals.append((time, self._index))
        self._accepted.append((time, self._index))

    def _correct(self, time: float, steps: int) -> None:
        """One step of the loop, `steps` ticks after the last one."""
        self._next += (steps - 1) * self._period
        error = time - self._next
        clamp = max(CLAMP, 3.0 * self.error) if self._age > STEADY else math.inf
        self._late = self._late + 1 if error > clamp else 0
        self._watch(error)
        if self._side and self._stubborn >= STUBBORN:
            self._fit(list(self._accepted))
            return
        if self._late <= OUTLIERS:
            error = min(error, clamp)
        self._square += (error * error - self._square) / min(self._age, ERROR_TICKS)
        phase, pace = self._gains()
        self._next += phase * error + self._period
        self._period += pace * error
        self._age += 1
        self._check()

    def _gains(self) -> tuple[float, float]:
        """b and c for the next tick: least squares while young, then the loop's own."""
        bandwidth = FIRST_BANDWIDTH if self._age < FIRST_TICKS else BANDWIDTH
        w = min(2.0 * math.pi * bandwidth * self._period, WIDEST)
        young = (self._age + 1) * (self._age + 2)
        pace = 6.0 / young
        phase = 2.0 * (2 * self._age + 1) / young + pace
        return max(phase, math.sqrt(2.0) * w), max(pace, w * w)

    def _watch(self, error: float) -> None:
        """Count errors in a row that lie far to the same side (-1 early, 1 late, 0 near)."""
        far = min(FAR, FAR_PART * self._period)
        side = math.copysign(1.0, error) if abs(error) > far else 0.0
        self._stubborn = self._stubborn + 1 if side == self._side else 1
        self._side = side

    def _steps_evenly(self) -> bool:
        """Whether the last ticks are an even pulse of another period than ours."""
        if len(self._arrivals) <= STEADY:
            return False
        times = [time for time, _ in self._arrivals]
        mean = (times[-1] - times[0]) / STEADY
        if abs(mean - self._period) <= STEP * self._period or not self._shortest <= mean <= self._longest:
            return False
        return all(abs(b - a - mean) <= EVEN * mean for a, b in pairwise(times))

    def _fit(self, ticks: list[tuple[float, int]]) -> None:
        """Begin again with the least-squares line through `ticks` (times and counts)."""
        size = len(ticks)
        middle = sum(time for time, _ in ticks) / size
        centre = sum(index for _, index in ticks) / size
        spread = sum((index - centre) ** 2 for _, index in ticks)
        self._period = sum((time - middle) * (index - centre) for time, index in ticks) / spread
        self._next = middle + (self._index + 1 - centre) * self._period
        self._age = size
        self._side = 0.0
        self._arrivals.clear()
        self._accepted.clear()
        self._note(ticks[-1][0])
        self._check()

    def _check(self) -> None:
        """Measure afresh from the last tick where the period left its limits."""
        if self._shortest <= self._period <= self._longest:
            return
        time = self._accepted[-1][0]
        self.release()
        self._period = 0.0
        self._square = 0.0
        self._age = 1
        self._note(time)
