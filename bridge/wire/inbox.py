"""The wire's inbox: what happened, in order, and a wait for it that ends on time."""

import sys
import time
from queue import Empty, SimpleQueue

from bridge.midi.ports import Arrival, PortNews, Written
from bridge.wire.wire import Item

LEAST, MOST = (0.001, 0.002) if sys.platform == "win32" else (0.00005, 0.0004)
"""Seconds before its end at which an exact wait wakes up to watch the clock: Windows counts in whole milliseconds."""
STEP = 0.0001
"""Seconds by which that is lengthened after a wake-up that was later than that."""
RARE = 0.03
"""Share of the wake-ups that may be later."""


class Inbox:
    """Takes items from any thread, gives them to one."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self.put = self._queue.put
        """Add an item; called from any thread."""
        self.early = LEAST
        """Seconds before its end at which an exact wait wakes up, from how late this system has been waking us."""

    def opening(self) -> list[Item]:
        """Wait for the desk's first word, which says where the music is; it comes first, then what came before it."""
        held: list[Item] = []
        while isinstance(item := self._queue.get(), Arrival | Written | PortNews):
            held.append(item)
        return [item, *held]

    def wait(self, seconds: float, exact: bool = False) -> Item | None:
        """The next item, or None when there is none after `seconds`; `exact` ends to the microsecond, as can be."""
        until = time.perf_counter() + seconds
        early = self.early if exact else 0.0
        try:
            return self._queue.get(timeout=max(seconds - early, 0.0))
        except Empty:
            if exact:
                if seconds > early:
                    self._learn(time.perf_counter() - until + early)
                while time.perf_counter() < until and self._queue.empty():
                    pass
            return self.next()

    def _learn(self, late: float) -> None:
        """A wake-up was so many seconds late: follow the lateness that only `RARE` ones exceed."""
        step = STEP * (1.0 - RARE) if late > self.early else -STEP * RARE
        self.early = min(max(self.early + step, LEAST), MOST)

    def next(self) -> Item | None:
        """The next item if there is one now."""
        try:
            return self._queue.get_nowait()
        except Empty:
            return None

    def rest(self) -> list[Item]:
        """All that is there now."""
        items: list[Item] = []
        while (item := self.next()) is not None:
            items.append(item)
        return items
