"""Patience: how much of its usual work an answer may take, so that a busy machine or a high tempo gets a plainer
answer and not a late one."""

from collections import deque

SHARES = (1.0, 0.5, 0.25)
"""Shares of the work that are asked for, from leisure to haste."""
TIGHT = 0.25
"""Beats that an answer may take; beyond it less work is asked for."""
EASY = 0.4
"""Share of that below which an answer must take with less work before more is asked for: the gap is the hysteresis."""
FEW = 4
"""Answers after which a share is judged."""
KEPT = 12
AT_ONCE = 2.0
"""An answer so many times too slow is not waited for others to confirm."""


class Patience:
    """Follows how long whole answers take with the work that they were asked to take."""

    def __init__(self) -> None:
        self._index = 0
        self._took: deque[float] = deque(maxlen=KEPT)

    def answered(self, seconds: float) -> None:
        """A whole answer came after so many seconds."""
        self._took.append(seconds)

    def share(self, bpm: float) -> float:
        """Share of its usual work that the next answer may take."""
        room = TIGHT * 60.0 / bpm
        if not self._took:
            return SHARES[self._index]
        slow = self._took[-1] > AT_ONCE * room
        if (slow or (self._judged and self._usual > room)) and self._index + 1 < len(SHARES):
            self._go(self._index + 1)
        elif self._judged and self._usual < EASY * room and self._index > 0:
            self._go(self._index - 1)
        return SHARES[self._index]

    @property
    def _judged(self) -> bool:
        return len(self._took) >= FEW

    @property
    def _usual(self) -> float:
        """Seconds that four answers in five take at most."""
        return sorted(self._took)[int(0.8 * (len(self._took) - 1))]

    def _go(self, index: int) -> None:
        self._index = index
        self._took.clear()
