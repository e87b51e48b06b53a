"""The wire's inbox: what happened, in order, and a wait for it that ends on time."""

import sys
import time
from queue import Empty, SimpleQueue

from bridge.midi.ports import Arrival, PortNews, Written
from bridge.wire.wire import Item

EARLY = 0.0015 if sys.platform == "win32" else 0.0003
"""Seconds before its end at which a wait wakes up and watches the clock: Windows counts in whole milliseconds."""


class Inbox:
    """Takes items from any thread, gives them to one."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self.put = self._queue.put
        """Add an item; called from any thread."""

    def opening(self) -> list[Item]:
        """Wait for the desk's first word, which says where the music is; it comes first, then what came before it."""
        held: list[Item] = []
        while isinstance(item := self._queue.get(), Arrival | Written | PortNews):
            held.append(item)
        return [item, *held]

    def wait(self, seconds: float, exact: bool = False) -> Item | None:
        """The next item, or None when there is none after `seconds`; `exact` ends to the microsecond, as can be."""
        until = time.perf_counter() + seconds
        try:
            return self._queue.get(timeout=max(seconds - EARLY, 0.0) if exact else seconds)
        except Empty:
            while exact and time.perf_counter() < until:
                if not self._queue.empty():
                    break
            return self.next()

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
