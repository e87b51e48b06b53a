"""Moments at which this machine itself stood still: what falls into them is not judged."""

import threading
import time
from collections.abc import Callable
from typing import Self

PACE = 0.02
LONGEST = 0.25
"""Seconds between two looks and the most that may lie between them: more, and no process of this machine ran."""


class Stalls:
    """Looks at `clock` again and again, from a thread that does nothing else, and keeps where it was held up."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._found: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def hit(self, start: float, end: float) -> bool:
        """Whether the machine stood still between two times of the clock."""
        return any(before < end and after > start for before, after in self._found)

    def _look(self) -> None:
        seconds, time_of = time.monotonic(), self._clock()
        while not self._over.wait(PACE):
            now, here = time.monotonic(), self._clock()
            if now - seconds > LONGEST:
                self._found.append((time_of, here))
            seconds, time_of = now, here
