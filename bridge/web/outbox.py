"""What waits to be sent to one client: bounded, so that a slow one costs itself its line and nobody else anything."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

Send = Callable[[str | bytes], Awaitable[object]]


class Outbox:
    """A line of messages, `most` of them; what comes with a key takes the place of what waits with the same key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._line: deque[Hashable] = deque()
        self._messages: dict[Hashable, str | bytes] = {}
        self._some = asyncio.Event()
        self._count = 0
        self._over = asyncio.Event()

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def overrun(self) -> bool:
        """It was full once: what it would say from now on has a hole."""
        return self._over.is_set()

    async def over(self) -> None:
        """Wait until the line is over; what is being sent may never arrive."""
        await self._over.wait()

    def put(self, message: str | bytes, key: Hashable = None) -> None:
        """Let a message wait; where there is no room any more the line is over."""
        if self.overrun:
            return
        if key is None:
            self._count += 1
            key = self._count
        if key not in self._messages:
            if len(self._messages) >= self._most:
                self._over.set()
                self._messages.clear()
                self._line.clear()
            else:
                self._line.append(key)
        if not self.overrun:
            self._messages[key] = message
        self._some.set()

    async def drain(self, send: Send) -> None:
        """Send what comes, in order, until the line is over."""
        while not self.overrun:
            await self._some.wait()
            self._some.clear()
            while self._line:
                await send(self._messages.pop(self._line.popleft()))
