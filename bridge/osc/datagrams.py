"""The UDP port: datagrams in, many at a time, and out; it never waits and never holds up the loop."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, cast

Sender = tuple[str, int]
"""Address and port that a datagram came from."""
Take = Callable[[bytes, Sender], object]

BATCH, SPELL = 256, 0.002
"""Datagrams, and seconds, after which the others on the loop have their turn."""
WAITING = 1 << 20
"""Bytes that the system is asked to keep for us while we are at something else."""
LARGEST = 1 << 16


class Datagrams:
    """An open port within the running loop; `take` gets every datagram with its sender."""

    def __init__(self, port: socket.socket, take: Take) -> None:
        self._socket = port
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray(LARGEST)
        self._loop.add_reader(port, self._read)

    @property
    def address(self) -> Sender:
        """Host and port listened on."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def send(self, data: bytes, to: Sender) -> None:
        """Send a datagram; where there is no room for it, or nobody there any more, it is lost."""
        with contextlib.suppress(OSError):
            self._socket.sendto(data, to)

    def close(self) -> None:
        """Close the port."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        view = memoryview(self._buffer)
        until = self._loop.time() + SPELL
        for _ in range(BATCH):
            if self._loop.time() > until:
                return
            try:
                size, sender = self._socket.recvfrom_into(self._buffer)
            except BlockingIOError:
                return
            except OSError:
                continue  # an answer did not arrive because the asker has gone
            self._take(bytes(view[:size]), (str(sender[0]), sender[1]))


class Endpoint(asyncio.DatagramProtocol):
    """The same where the loop cannot watch a socket, as on Windows: one datagram at a time."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._transport: asyncio.DatagramTransport | None = None
        self._full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Python 3.11's own datagram transport is no DatagramTransport by class.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Pass a datagram on."""
        self._take(data, (str(addr[0]), addr[1]))

    def pause_writing(self) -> None:
        """Answers pile up: drop those to come."""
        self._full = True

    def resume_writing(self) -> None:
        """Answers flow again."""
        self._full = False

    def error_received(self, exc: Exception) -> None:
        """An answer did not arrive because the asker has gone; that is no matter."""

    @property
    def address(self) -> Sender:
        """Host and port listened on."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    def send(self, data: bytes, to: Sender) -> None:
        """Send a datagram, unless others pile up."""
        if self._transport is not None and not self._full:
            self._transport.sendto(data, to)

    def close(self) -> None:
        """Close the port."""
        if self._transport is not None:
            self._transport.close()


async def listen(host: str, port: int, take: Take) -> Datagrams | Endpoint:
    """Open a port (0 takes any that is free). Raises OSError."""
    loop = asyncio.get_running_loop()
    opened = await _bound(host, port)
    try:
        return Datagrams(opened, take)
    except NotImplementedError:
        _, endpoint = await loop.create_datagram_endpoint(lambda: Endpoint(take), sock=opened)
        return endpoint


async def _bound(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, address = found[0]
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setblocking(False)
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened
