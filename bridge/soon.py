"""Doing a thing soon, however often it is asked for."""

import asyncio
from collections.abc import Callable


class Soon:
    """Calls `function` within the running loop after it was asked for, and not again for `pause` seconds."""

    def __init__(self, function: Callable[[], object], pause: float) -> None:
        self._function = function
        self._pause = pause
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")

    def ask(self) -> None:
        """Ask for it: the first time in a while it is done at once, as soon as what runs now is over."""
        if self._timer is None:
            self._timer = self._loop.call_at(max(self._loop.time(), self._last + self._pause), self._do)

    def cancel(self) -> None:
        """Forget that it was asked for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _do(self) -> None:
        self._timer = None
        self._last = self._loop.time()
        self._function()
