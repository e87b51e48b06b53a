"""One UDP socket on loopback: OSC messages to a program, and what it sends back."""

import asyncio
import errno
from collections.abc import Callable
from itertools import islice
from typing import Any, cast

from bridge.errors import DawError, OscError
from bridge.osc.holder import holder
from bridge.osc.packet import Message, Rules, read, write

HOST = "127.0.0.1"
RULES = Rules(starts=(b"/", b"#reply\0"), most=16_384)
"""What programs send: Ardour's lists begin with «#reply», and a page of notes has hundreds of arguments."""
MESSAGES = 4096
"""Messages taken from one datagram."""


class Datagrams(asyncio.DatagramProtocol):
    """Sends to `send` and hears on `listen`, both on this machine; `deliver` gets each message.

    What is no OSC, or comes from another machine, is counted in `broken` and else ignored.
    """

    def __init__(self, send: int, listen: int, deliver: Callable[[Message], object]) -> None:
        self.send_port = send
        self.listen_port = listen
        self._deliver = deliver
        self._transport: asyncio.DatagramTransport | None = None
        self.broken = 0

    async def open(self, title: str) -> None:
        """Bind. Raises DawError that names who has the port, where somebody has."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)  # a socket that was closed just now is let go in the loop's next turn
        try:
            await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, self.listen_port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                who = holder(self.listen_port) or "another program"
                raise DawError(
                    f"UDP port {self.listen_port}, on which {title} answers, is held by {who}; end that, or set "
                    "`listen` under [daw]"
                ) from None
            raise DawError(f"cannot listen for {title} on UDP port {self.listen_port} ({error.strerror})") from None

    def close(self) -> None:
        """Close the socket. Closing twice is no matter."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def send(self, message: Message) -> None:
        """Send a message; nobody there is no matter."""
        if self._transport is not None:
            self._transport.sendto(write(message), (HOST, self.send_port))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, and the port where any would do."""
        # Python 3.11's own datagram transport is no DatagramTransport by class.
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.listen_port = int(transport.get_extra_info("sockname")[1])

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there; that is no matter."""

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Take a datagram apart."""
        if addr[0] != HOST:
            self.broken += 1
            return
        try:
            for message in islice(read(data, RULES), MESSAGES):
                self._deliver(message)
        except OscError:
            self.broken += 1
