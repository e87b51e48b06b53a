"""A house for the tests: a real table and a real band, and what is done to it is written down."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from typing import NamedTuple

from bridge.control.parameters import ParameterTable
from bridge.health.notices import Notices
from bridge.health.status import Status, status
from bridge.jam.band import Band
from bridge.web.house import Watcher
from bridge.web.server import WebServer
from bridge.wire.protocol import FromWire

WAIT = 5.0


class Home:
    """Stands in for the daemon."""

    def __init__(self) -> None:
        self.time = 0.0
        self.table = ParameterTable()
        self.notices = Notices(lambda _: None, lambda: self.time)
        self.band = Band(lambda _: None, lambda _: None, lambda: self.time, self.notices.tell)
        self.done: list[tuple[str, str | float | None]] = []
        self.pressed: list[bytes] = []
        self.watcher: Watcher | None = None
        self.looks = 0
        self.learning = ""

    def do(self, name: str, argument: str | None = None) -> None:
        self.done.append((name, argument))

    def ask(self, name: str) -> tuple[str, ...]:
        return (self.learning,) if name == "learn" else ()

    def locate(self, beat: float) -> None:
        self.done.append(("locate", beat))

    def keep(self, bars: int) -> None:
        self.done.append(("keep", bars))

    def status(self) -> Status:
        self.looks += 1
        return status(self.band, "none")

    def press(self, data: bytes) -> None:
        self.pressed.append(data)

    def watch(self, watcher: Watcher | None) -> None:
        self.watcher = watcher

    def says(self, message: FromWire) -> None:
        """The wire says something."""
        self.band.from_wire(message)
        if self.watcher is not None:
            self.watcher(message)


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    heads: Mapping[str, str]
    body: bytes


@asynccontextmanager
async def served(host: str = "127.0.0.1") -> AsyncIterator[tuple[Home, WebServer, list[str]]]:
    """A home that is served on a free port, and what it reports."""
    home, reports = Home(), list[str]()
    server = WebServer(home, reports.append, lambda: ("127.0.0.1", 9270), host, 0)
    await server.start()
    try:
        yield home, server, reports
    finally:
        await server.stop()


async def fetch(server: WebServer, path: str, method: str = "GET", **heads: str) -> Reply:
    """Ask by HTTP; a head's name has `_` for `-`."""
    host, port = server.address
    reader, writer = await asyncio.open_connection(host, port)
    said = {"Host": f"{host}:{port}"} | {name.replace("_", "-"): value for name, value in heads.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items() if value), "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await asyncio.wait_for(reader.read(), WAIT)
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    return Reply(int(first.split()[1]), dict(line.split(": ", 1) for line in rest), body)


def in_loop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Run an async test in a loop of its own."""

    @wraps(test)
    def run() -> None:
        async def within() -> None:
            await asyncio.wait_for(test(), 4 * WAIT)

        asyncio.run(within())

    return run
