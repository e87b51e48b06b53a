"""Lines for the user, each said once in a while and never at the cost of the music."""

import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable

QUIET = 10.0
"""Seconds in which the same line is not said again."""
KEPT = 100


class Notices:
    """Says lines through `say`; a terminal that is gone is no reason to stop. `now` reads seconds."""

    def __init__(self, say: Callable[[str], object], now: Callable[[], float]) -> None:
        self._say = say
        self._now = now
        self._said: OrderedDict[str, float] = OrderedDict()
        self.lines: deque[str] = deque(maxlen=KEPT)
        """The last lines said."""
        self.count = 0
        """Lines said ever."""

    def tell(self, text: str) -> None:
        """Say a line, unless it was said just now."""
        now = self._now()
        if now - self._said.get(text, -QUIET) < QUIET:
            return
        self._said[text] = now
        self._said.move_to_end(text)
        while len(self._said) > KEPT:
            self._said.popitem(last=False)
        self.lines.append(text)
        self.count += 1
        with contextlib.suppress(OSError):
            self._say(text)
