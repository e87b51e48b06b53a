"""The desk's lines to its children: who has dialled in, under which role, and what they say."""

import asyncio
import contextlib
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from bridge.engine.protocol import FromEngine
from bridge.link import Exchange, Link
from bridge.sound.scene import FromSound
from bridge.wire.protocol import FromWire, Hello

FromChild = Hello | FromWire | FromEngine | FromSound
Hear = Callable[[str, FromChild | None], object]
"""(role, what it says), on the loop; None when the line is dead."""


class Lines:
    """At most one line a role; a newer one takes the place of an older."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._links: dict[str, Link[FromChild]] = {}

    def open(self, stack: contextlib.AsyncExitStack) -> Exchange:
        """Let children dial in until the stack ends; returns where."""
        self._loop = asyncio.get_running_loop()
        exchange = Exchange()
        stack.callback(exchange.close)
        exchange.accept(self._dialled)
        return exchange

    def send(self, role: str, message: msgspec.Struct) -> None:
        """Say something to a child; nothing where it is not on the line."""
        if role in self._links:
            self._links[role].send(message)

    def close(self, role: str) -> None:
        """Hang up."""
        if role in self._links:
            self._links[role].close()

    def _dialled(self, connection: "Connection[Any, Any]") -> None:
        """A child is on the line (called from the exchange's thread)."""
        link: Link[FromChild]

        def deliver(message: FromChild | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._received, link, message)

        link = Link(connection, FromChild, deliver)
        link.start()

    def _received(self, link: Link[FromChild], message: FromChild | None) -> None:
        if isinstance(message, Hello):
            self._links[message.role] = link
            self._hear(message.role, message)
            return
        role = next((role for role, known in self._links.items() if known is link), None)
        if role is None:
            return
        if message is None:
            del self._links[role]
        self._hear(role, message)
