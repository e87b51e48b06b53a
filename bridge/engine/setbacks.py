"""Setbacks: how often a thing has failed lately, and how long it is left alone for that."""

from collections import deque

LIMIT = 4
"""Failures within the window that are too many."""
WINDOW = 30.0
"""Seconds in which failures are counted together."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 120.0
"""Seconds of the first pause and of the longest: each pause is twice the one before."""
GOOD = 60.0
"""Seconds of good play after which everything is forgiven."""


class Setbacks:
    """Counts failures. All times are seconds of one clock, passed in."""

    def __init__(self) -> None:
        self._failed: deque[float] = deque(maxlen=LIMIT)
        self._pause = 0.0
        self.until = float("-inf")
        """When the pause is over."""

    def failed(self, now: float) -> float:
        """A failure happened; returns the seconds of pause that it brings, 0 where another try is due at once."""
        if now - max([self.until, *self._failed]) > GOOD:
            self._failed.clear()
            self._pause = 0.0
        self._failed.append(now)
        if len(self._failed) < LIMIT or now - self._failed[0] > WINDOW:
            return 0.0
        self._failed.clear()
        self._pause = min(self._pause * 2, LONGEST_PAUSE) if self._pause else FIRST_PAUSE
        self.until = now + self._pause
        return self._pause

    def resting(self, now: float) -> bool:
        """Whether it is to be left alone."""
        return now < self.until
