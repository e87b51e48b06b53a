"""The pulse: something done often while there is much to do, seldom while there is not, and soon after any news."""

import asyncio
from collections.abc import Callable

SOON = 0.02
"""Seconds from news, or from a beat that failed, to the next beat."""


class Pulse:
    """Calls `beat` within the running loop again and again; it returns the seconds until it is to be called next."""

    def __init__(self, beat: Callable[[], float]) -> None:
        self._beat = beat
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_soon(self._do)
        self._next = self._loop.time()
        self._over = False

    def wake(self) -> None:
        """Something has happened: do not wait longer than `SOON` for the next beat."""
        soon = self._loop.time() + SOON
        if self._next > soon and not self._over:
            self._at(soon)

    def stop(self) -> None:
        """End it."""
        self._over = True
        self._timer.cancel()

    def _at(self, time: float) -> None:
        self._timer.cancel()
        self._next = time
        self._timer = self._loop.call_at(time, self._do)

    def _do(self) -> None:
        wait = SOON
        try:
            wait = self._beat()
        finally:
            if not self._over:
                self._at(self._loop.time() + wait)
