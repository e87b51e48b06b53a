"""The vigil: whether a process that owes an answer hangs, or only waits for its turn at a processor.

To replace one that is starved makes things worse: the next one has to be loaded on the same machine.
"""

from collections.abc import Callable

HANG = 2.0
"""Seconds without any answer, the processor at hand, after which a process is taken to hang."""
TIMES = 5.0
"""Times that the usual answer may take, where that is longer."""
LONGEST = 10.0
"""Seconds after which it is taken to hang whatever it waits for."""
AWAY = 1.5
"""Seconds between two looks beyond which we were away ourselves: its answers may lie before us, not taken in."""
CLOSELY = 0.25
"""Seconds without an answer from which it is asked what it waits for."""
LOOK = 0.1
"""Seconds from one time that is asked to the next."""


class Vigil:
    """Watches one process. `now` reads seconds; `queued` seconds that it has stood in line for a processor.

    `queued` may count from any time on, each thread for itself; None where the system does not say.
    """

    def __init__(self, now: Callable[[], float], queued: Callable[[], float | None]) -> None:
        self._now = now
        self._queued = queued
        self._looked = now()
        self._silent = 0.0
        self._away = 0.0
        self._starved = 0.0
        self._asked: tuple[float, float | None] | None = None

    def hangs(self, silent: float, usual: float) -> bool:
        """Whether it hangs, having owed an answer for `silent` seconds where `usual` ones are the rule.

        Call it often; a `silent` that is less than the time before says that it has answered.
        """
        now = self._now()
        if silent < self._silent or not silent:
            self.forgive()
        self._silent = silent
        self._away += max(min(now - self._looked, silent) - AWAY, 0.0)
        self._looked = now
        if silent < CLOSELY:
            return False
        self._ask(now)
        silent -= self._away
        return silent > LONGEST or silent - self._starved > min(max(HANG, TIMES * usual), LONGEST)

    def forgive(self) -> None:
        """It has answered, or another one has taken its place."""
        self._silent = self._away = self._starved = 0.0
        self._asked = None

    def _ask(self, now: float) -> None:
        """Add what it has stood in line since it was asked last: of several threads together no more than the time."""
        if self._asked is not None and now - self._asked[0] < LOOK:
            return
        before, self._asked = self._asked, (now, self._queued())
        queued = self._asked[1]
        if before is not None and before[1] is not None and queued is not None:
            self._starved += min(max(queued - before[1], 0.0), now - before[0])
