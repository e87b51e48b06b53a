"""An output that leads nowhere and keeps real time all the same."""

import threading
from collections.abc import Callable
from typing import Final

from bridge.sound.bands import Array

RATE: Final = 44_100
BLOCK: Final = 441


class IdleOut:
    """Pulls ten milliseconds of sound every ten milliseconds by the clock `now`, in seconds."""

    name = "none"

    def __init__(self, now: Callable[[], float]) -> None:
        self.rate = RATE
        self.latency = 0.0
        self.xruns = 0
        self.lost = False
        self._now = now
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Callable[[int], Array]) -> None:
        """Begin to pull."""

        def run() -> None:
            due = self._now()
            while not self._over.wait(max(0.0, due - self._now())):
                pull(BLOCK)
                due += BLOCK / RATE

        self._thread = threading.Thread(target=run, name="idle output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
