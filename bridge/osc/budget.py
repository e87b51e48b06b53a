"""A budget: how much may be done a second, with something saved for a burst."""


class Budget:
    """`rate` units a second, `burst` of them at once at most. Time is passed in, in seconds."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._then = 0.0

    def spend(self, cost: float, time: float) -> bool:
        """Spend so many units at `time`; False, and none spent, where they are not there."""
        self._left = min(self._burst, self._left + max(time - self._then, 0.0) * self._rate)
        self._then = time
        if cost > self._left:
            return False
        self._left -= cost
        return True
