"""Time that passes only when it is told to: for tests, rehearsals and replays."""

import heapq
from collections.abc import Callable


class Call:
    """A call that is due at `time`; `cancel` keeps it from happening."""

    __slots__ = ("cancelled", "function", "time")

    def __init__(self, time: float, function: Callable[[], None]) -> None:
        self.time = time
        self.function = function
        self.cancelled = False

    def cancel(self) -> None:
        """Do not call. After the call has happened this changes nothing."""
        self.cancelled = True


class OfflineTime:
    """A timebase in seconds with a list of calls to make; faster than real time and the same every run."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = 0
        self._calls: list[tuple[float, int, Call]] = []

    def now(self) -> float:
        """Seconds; during a call, the time at which it was due."""
        return self._now

    def call_at(self, time: float, function: Callable[[], None]) -> Call:
        """Call `function` when the time has come: in order of time, then in the order asked for.

        A time that has passed means now: at the next `run_until`, before anything later.
        """
        call = Call(max(time, self._now), function)
        heapq.heappush(self._calls, (call.time, self._order, call))
        self._order += 1
        return call

    def run_until(self, time: float) -> None:
        """Let time pass to `time`, making every call due by then, those made by other calls included."""
        while self._calls and self._calls[0][0] <= time:
            due, _, call = heapq.heappop(self._calls)
            if not call.cancelled:
                self._now = due
                call.function()
        self._now = max(self._now, time)
