import asyncio
import re

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bridge.errors import WebError
from bridge.web import files
from bridge.web.listeners import packet
from bridge.web.server import LIVE, PAGES, WebServer
from bridge.web.visitor import WAITING
from bridge.wire.protocol import Input
from tests.bridge.web.home import WAIT, Home, fetch, in_loop, served


def url(server: WebServer, path: str = "/") -> str:
    host, port = server.address
    return f"ws://{host}:{port}{path}"


async def news(line: ClientConnection, kind: str = "news") -> dict[str, object]:
    while True:
        told: dict[str, object] = msgspec.json.decode(await asyncio.wait_for(line.recv(), WAIT))
        if told["type"] == kind:
            return told


async def enter(server: WebServer, line: ClientConnection) -> dict[str, object]:
    await line.send(msgspec.json.encode({"type": "enter", "token": server.guard.token}).decode())
    return await news(line, "all")


@in_loop
async def test_a_browser_gets_the_page_and_a_program_the_tree_at_the_same_place() -> None:
    async with served() as (_, server, _):
        page = await fetch(server, "/", Accept="text/html,*/*")
        assert b"<canvas" in page.body
        assert server.guard.token.encode() in page.body
        tree = await fetch(server, "/")
        assert "antiphon" in msgspec.json.decode(tree.body)["CONTENTS"]
        assert tree.heads["Content-Type"] == "application/json"


@in_loop
async def test_every_file_that_the_page_names_is_served_and_nothing_else_is() -> None:
    async with served() as (_, server, _):
        for name in files.names() - {"index.html"}:
            reply = await fetch(server, f"/page/{name}")
            assert (reply.status, reply.body) == (200, files.body(name))
            for other in re.findall(r'from "\./([a-z]+\.js)"', reply.body.decode()):
                assert other in files.names()
        for path in (
            "/page/../settings.py",
            "/page/%2e%2e/files.py",
            "/page/files.py",
            "/page/index.html",
            "//etc/passwd",
        ):
            assert (await fetch(server, path)).status == 404


@in_loop
async def test_the_page_runs_nothing_but_its_own_files_and_cannot_be_framed() -> None:
    async with served() as (_, server, _):
        reply = await fetch(server, "/page")
        policy = reply.heads["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert b"http" not in re.sub(rb"http-equiv|http://www.w3.org", b"", reply.body)
        assert "Access-Control-Allow-Origin" not in reply.heads


@in_loop
async def test_a_website_that_reaches_our_port_gets_nothing() -> None:
    async with served() as (_, server, _):
        assert (await fetch(server, "/page", Host="rebound.example")).status == 403
        assert (await fetch(server, "/antiphon", Origin="https://evil.example")).status == 403
        assert server.guard.token.encode() not in (await fetch(server, "/page", Origin="null")).body
        for path in ("/", LIVE):
            with pytest.raises(InvalidStatus):
                await connect(url(server, path), origin="https://evil.example")  # type: ignore[arg-type]


@in_loop
async def test_nothing_is_written_by_http() -> None:
    async with served() as (home, server, _):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert (await fetch(server, "/antiphon/tempo", method)).status == 405
        assert (await fetch(server, "/antiphon/tempo?VALUE=90")).status == 200
        assert home.table.get("tempo") == 120.0
        assert (await fetch(server, "/antiphon/tempo", "HEAD")).body == b""


@in_loop
async def test_without_the_token_a_page_is_told_nothing_and_moves_nothing() -> None:
    async with served() as (home, server, _):
        for word in ('{"type": "enter", "token": "guess"}', '{"type": "do", "name": "panic"}', "hello"):
            async with connect(url(server, LIVE)) as line:
                await line.send(word)
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(line.recv(), WAIT)
                assert line.close_code == 4401
        assert not home.done
        assert home.watcher is None


@in_loop
async def test_a_page_sees_the_table_change_and_changes_it() -> None:
    async with served() as (home, server, _), connect(url(server, LIVE)) as line:
        whole = await enter(server, line)
        assert whole["values"] == home.table.snapshot()
        home.table.set("tempo", 96)
        assert (await news(line))["values"] == {"tempo": 96.0}
        await line.send('{"type": "set", "path": "tempo", "value": 97}')
        assert (await news(line))["values"] == {"tempo": 97.0}
        assert home.table.get("tempo") == 97.0


@in_loop
async def test_a_page_that_breaks_the_rules_is_closed_and_the_user_is_told() -> None:
    async with served() as (_, server, reports):
        async with connect(url(server, LIVE)) as line:
            await enter(server, line)
            await line.send('{"type": "shout"}')
            await asyncio.wait_for(line.wait_closed(), WAIT)
        assert len(reports) == 1


@in_loop
async def test_with_no_page_open_nothing_is_watched_and_no_status_is_asked_for() -> None:
    async with served() as (home, server, _):
        async with connect(url(server, LIVE)) as line:
            await enter(server, line)
            assert home.watcher is not None
            await line.send('{"type": "key", "pitch": 60, "velocity": 90}')
            await line.send('{"type": "ping", "at": 1}')
            await news(line, "pong")
        while len(server.audience):
            await asyncio.sleep(0)
        assert home.watcher is None
        assert home.pressed[-1][:2] == b"\x80\x3c"
        looks = home.looks
        home.table.set("tempo", 96)
        home.says(Input(1, 0.0, "in", b"\x90\x3c\x5a"))
        await asyncio.sleep(0)
        assert home.looks == looks
        assert not home.table._listeners


@in_loop
async def test_a_page_that_does_not_read_is_dropped_and_the_others_go_on() -> None:
    async with served() as (home, server, _), connect(url(server, LIVE)) as slow, connect(url(server, LIVE)) as quick:
        await enter(server, slow)
        (stuck,) = server.audience._visitors
        await enter(server, quick)
        for number in range(WAITING + 1):
            stuck.tell(number)
        await asyncio.wait_for(slow.wait_closed(), WAIT)
        home.table.set("tempo", 96)
        assert (await news(quick))["values"] == {"tempo": 96.0}
        assert len(server.audience) == 1


@in_loop
async def test_more_pages_than_anybody_opens_are_turned_away() -> None:
    async with served() as (_, server, _):
        lines = [await connect(url(server, LIVE)) for _ in range(PAGES + 1)]
        for line in lines[:-1]:
            await enter(server, line)
        with pytest.raises(ConnectionClosed):
            await enter(server, lines[-1])
        for line in lines:
            await line.close()


@in_loop
async def test_a_client_of_oscquery_listens_by_websocket_and_gets_osc() -> None:
    async with served() as (home, server, _), connect(url(server)) as line:
        await line.send('{"COMMAND": "LISTEN", "DATA": "/antiphon/voice/bass/on"}')
        assert await asyncio.wait_for(line.recv(), WAIT) == packet("/antiphon/voice/bass/on", True)
        home.table.set("voice/bass/on", False)
        assert await asyncio.wait_for(line.recv(), WAIT) == packet("/antiphon/voice/bass/on", False)


@in_loop
async def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    async with served() as (_, server, _):
        second = WebServer(Home(), print, lambda: ("", 0), *server.address)
        with pytest.raises(WebError, match=r"\[page\]"):
            await second.start()
        await second.stop()


@in_loop
async def test_garbage_at_the_port_disturbs_nobody() -> None:
    async with served() as (_, server, reports):
        host, port = server.address
        for garbage in (b"\0" * 64, b"GET\r\n\r\n", b"A" * 70_000):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(garbage)
            writer.write_eof()
            await asyncio.wait_for(reader.read(), WAIT)
            writer.close()
        assert (await fetch(server, "/antiphon/tempo")).status == 200
        assert not reports
