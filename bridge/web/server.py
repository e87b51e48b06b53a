"""The web server: the page, its files and OSCQuery by GET, and the two websockets, all on one port of this machine.

It is `websockets` alone, in the desk's loop: everything that HTTP serves here is read-only and small, and it does
nothing at all while nobody asks.
"""

import asyncio
import errno
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bridge.control.parameter import Value
from bridge.errors import WebError
from bridge.web import files
from bridge.web.audience import Audience
from bridge.web.guard import Guard
from bridge.web.house import House
from bridge.web.listeners import Listeners
from bridge.web.outbox import Outbox
from bridge.web.tree import Tree
from bridge.web.visitor import Enter, read

PORT = 9272
LIVE = "/page/live"
"""Where the page's own websocket is; any other is OSCQuery's."""
LONGEST = 16_384
"""Bytes of a message at most; a chord chart is the longest that there is."""
ENTRY = 5.0
"""Seconds in which a page has to show its token."""
PAGES, CLIENTS = 16, 32
"""Pages and OSCQuery clients at a time."""
LOOK = 0.25
"""Seconds between looks at what OSCQuery's listeners are told."""
REFUSED, STRANGER, FULL = 1008, 4401, 1013
"""Codes that a websocket is closed with; after 4401 the page loads itself anew, for a new token."""


class WebServer:
    """Serves within the running loop. `osc` says where OSC listens; `report` is told what the user should know."""

    def __init__(
        self,
        house: House,
        report: Callable[[str], object],
        osc: Callable[[], tuple[str, int]],
        host: str = "127.0.0.1",
        port: int = PORT,
    ) -> None:
        self._house = house
        self._report = report
        self._host = host
        self._port = port
        self.guard = Guard(host)
        self.tree = Tree(house.table, self._status, osc, lambda: self.address)
        self.audience = Audience(house, time.perf_counter)
        self.listeners = Listeners(house.table, self._status)
        self._server: Server | None = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the port (0 takes any that is free). Raises WebError."""
        log = logging.getLogger("antiphon.web")  # what a hostile client makes fail is no news for the terminal
        log.addHandler(logging.NullHandler())
        log.propagate = False
        try:
            self._server = await serve(
                self._handle,
                self._host,
                self._port,
                process_request=self._answer,
                compression=None,
                open_timeout=ENTRY,
                close_timeout=1.0,
                max_size=LONGEST,
                server_header=None,
                logger=log,
            )
        except OSError as error:
            raise WebError(self._cannot_open(error)) from None

    async def stop(self) -> None:
        """Close the port and every line."""
        self.audience.end()
        if self._looking is not None:
            self._looking.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port listened on, or to be listened on before the start."""
        if self._server is None:
            return self._host, self._port
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return host, port

    # HTTP.

    def _answer(self, _: ServerConnection, request: Request) -> Response | None:
        """Answer a request; None lets a websocket through."""
        heads = request.headers
        reason = self.guard.refuses(_one(heads, "Host"), _one(heads, "Origin"))
        if reason:
            return _text(HTTPStatus.FORBIDDEN, reason)
        if request.method not in ("GET", "HEAD"):
            return _text(HTTPStatus.METHOD_NOT_ALLOWED, "nothing is written here; set values by OSC, or on the page")
        if (_one(heads, "Upgrade") or "").lower() == "websocket":
            return None
        response = self._resource(request.path, "text/html" in (_one(heads, "Accept") or ""))
        if request.method == "HEAD":
            response.body = b""
        return response

    def _resource(self, target: str, browses: bool) -> Response:
        path, _, query = target.partition("?")
        if path in ("/page", "/page/") or (path == "/" and browses and not query):
            return _response(HTTPStatus.OK, files.page(self.guard.token), files.kind("index.html"))
        name = path.removeprefix("/page/")
        if name != path and name in files.names() and name != "index.html":
            return _response(HTTPStatus.OK, files.body(name), files.kind(name))
        answer = self.tree.answer(path, query)
        if answer.body is None:
            return _response(HTTPStatus(answer.status), b"", "application/json")
        return _response(HTTPStatus.OK, msgspec.json.encode(answer.body), "application/json")

    # Websockets.

    async def _handle(self, line: ServerConnection) -> None:
        request = line.request
        live = request is not None and request.path.partition("?")[0] == LIVE
        try:
            await (self._page(line) if live else self._client(line))
        except ConnectionClosed:
            pass
        except WebError as error:
            self._report(str(error))
            await line.close(REFUSED)

    async def _page(self, line: ServerConnection) -> None:
        try:
            word = read(await asyncio.wait_for(line.recv(), ENTRY))
        except (TimeoutError, WebError):
            word = None
        if not isinstance(word, Enter) or not self.guard.knows(word.token):
            await line.close(STRANGER, "this page is of another run; load it again")
            return
        if len(self.audience) >= PAGES:
            await line.close(FULL, f"{PAGES} pages are open already")
            return
        visitor = self.audience.join()
        try:
            await self._converse(line, visitor.outbox, visitor.hear)
        finally:
            self.audience.leave(visitor)

    async def _client(self, line: ServerConnection) -> None:
        if len(self.listeners) >= CLIENTS:
            await line.close(FULL, f"{CLIENTS} clients are here already")
            return
        client = self.listeners.join()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="oscquery")
        try:
            await self._converse(line, client.outbox, lambda text: self.listeners.command(client, text))
        finally:
            self.listeners.leave(client)

    async def _converse(self, line: ServerConnection, outbox: Outbox, hear: Callable[[str | bytes], object]) -> None:
        """Listen and speak until either is over."""

        async def listen() -> None:
            async for text in line:
                hear(text)

        ways: list[Coroutine[Any, Any, None]] = [listen(), outbox.drain(line.send), outbox.over()]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if outbox.overrun:
            line.transport.abort()  # it does not read, so it would not read a farewell either

    async def _look(self) -> None:
        while self.listeners:
            self.listeners.look()
            await asyncio.sleep(LOOK)

    def _status(self) -> Mapping[str, Value]:
        status: dict[str, Value] = msgspec.structs.asdict(self._house.status())
        return status

    def _cannot_open(self, error: OSError) -> str:
        where = f"{self._host}:{self._port}"
        if error.errno == errno.EADDRINUSE:
            return f"the page's port {self._port} is held by another program; set another `port` under [page]"
        return f"the page cannot be served on {where} ({error.strerror}); see [page] in the configuration"


def _one(heads: Headers, name: str) -> str | None:
    """The value of a head; of one that is given twice, nothing that would be let in."""
    values = heads.get_all(name)
    return values[0] if len(values) == 1 else (None if not values else "\0")


def _text(status: HTTPStatus, text: str) -> Response:
    return _response(status, f"{text}\n".encode(), "text/plain; charset=utf-8")


def _response(status: HTTPStatus, body: bytes, kind: str) -> Response:
    heads = Headers({**files.HEADS, "Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status.value, status.phrase, heads, body)
