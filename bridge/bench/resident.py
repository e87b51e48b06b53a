"""The daemon as a user starts it, left alone: how soon it is ready, what it holds, what it uses while nothing plays."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.bench.neighbour import Neighbour
from bridge.bench.report import Idle, Ready
from bridge.bench.stage import free_port
from bridge.bench.usage import children, cpu_seconds, measurable, memory_mb
from bridge.children import command
from bridge.errors import EngineError
from bridge.osc.address import STATUS
from bridge.settings import HOME

PATIENCE = 15.0
"""Seconds that the daemon may take to be ready."""
GOODBYE = 5.0
LOOK = 0.01
"""Seconds between two looks at whether the pack is loaded."""
EMPTY = "empty"
SETTLED = 2.0
"""Seconds from ready until it counts as idle."""


class Resident:
    """`antiphon run` in a process of its own, with a home of its own; it has no clock, and nobody plays."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, began: float) -> None:
        self._process = process
        self._port = port
        self._began = began

    async def ready(self, has_pack: bool) -> Ready:
        """Wait for the ports, then for the pack. Raises EngineError where they do not come."""
        try:
            async with asyncio.timeout(PATIENCE):
                ports = await self._said("ports:") - self._began
                return Ready(ports, await self._loaded() - self._began if has_pack else None)
        except TimeoutError:
            raise EngineError("the daemon was not ready in time; `antiphon run` shows why") from None

    def memory_mb(self) -> float | None:
        """Megabytes of the three processes together; None where this system does not say."""
        return memory_mb(self._processes().values()) if measurable() else None

    async def idle(self, seconds: float, beside: "Beside | None" = None) -> Idle | None:
        """Percent of a core over so many seconds in all, and of empty JACK clients `beside` it where they are wanted.

        Whichever client JACK wakes first in a cycle pays for the processor's cold caches, 1 to 2 % of a core at 64
        frames. So half of the time an older client is there, which is woken before us, and half of it a newer one.
        """
        if not measurable():
            return None
        if beside is None:
            return Idle(*await self._used(seconds))
        first = await self._used(seconds / 2, beside.pid)
        await beside.change_places()
        return _mean(Idle(*first), Idle(*await self._used(seconds / 2, beside.pid)))

    async def _used(self, seconds: float, empty: int = 0) -> tuple[float, float | None, dict[str, float]]:
        """Percent of a core: of our processes together, of an empty client, and of ours each."""
        watched = self._processes() | ({EMPTY: empty} if empty else {})
        await asyncio.sleep(SETTLED)
        began, before = time.perf_counter(), {name: cpu_seconds(pid) for name, pid in watched.items()}
        await asyncio.sleep(seconds)
        wall, after = time.perf_counter() - began, {name: cpu_seconds(pid) for name, pid in watched.items()}
        percent = {name: 100.0 * (after[name] - before[name]) / wall for name in watched}
        client = percent.pop(EMPTY, None)
        return sum(percent.values()), client, percent

    def _processes(self) -> dict[str, int]:
        """Name -> process id of the desk and its two children."""
        roles = {
            role: pid
            for pid, line in children(self._process.pid).items()
            for role in ("wire", "engine")
            if f" {role} " in f"{line} "
        }
        return {"desk": self._process.pid, **roles}

    async def _said(self, text: str) -> float:
        """When it printed a line that begins with something. Raises EngineError where it ended instead."""
        stream = self._process.stdout
        said = b""
        while stream is not None and (line := await stream.readline()):
            if line.decode("utf-8", "replace").startswith(text):
                return time.perf_counter()
            said = line
        raise EngineError(f"the daemon did not start: {said.decode('utf-8', 'replace').strip() or 'it said nothing'}")

    async def _loaded(self) -> float:
        """When its status first named a provider."""
        loop = asyncio.get_running_loop()
        answers: asyncio.Queue[bytes] = asyncio.Queue()
        asker, _ = await loop.create_datagram_endpoint(lambda: _Answers(answers), remote_addr=("127.0.0.1", self._port))
        try:
            question = OscMessageBuilder(f"{STATUS}/provider").build().dgram
            while True:
                asker.sendto(question)
                with contextlib.suppress(TimeoutError):
                    answer = OscMessage(await asyncio.wait_for(answers.get(), 0.2))
                    if answer.params and answer.params[0] != "none":
                        return time.perf_counter()
                await asyncio.sleep(LOOK)
        finally:
            asker.close()


class Beside:
    """An empty Python client on JACK for comparison, in a process of its own: at first one that is older than us."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stack = contextlib.AsyncExitStack()
        self.pid = 0

    async def __aenter__(self) -> Self:
        self.pid = await self._begin(f"{self._name} before")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def change_places(self) -> None:
        """Let a newer one take its place."""
        older = self._stack.pop_all()
        self.pid = await self._begin(f"{self._name} after")  # while the older holds its number in JACK's order
        await older.aclose()

    async def _begin(self, name: str) -> int:
        from bridge.bench.outside import empty

        client = await self._stack.enter_async_context(Neighbour(empty, name))
        await client.hear()
        return client.pid


def _mean(one: Idle, other: Idle) -> Idle:
    """Halfway between two measurements."""
    return Idle(
        (one.processes + other.processes) / 2,
        ((one.client or 0.0) + (other.client or 0.0)) / 2,
        {name: (percent + other.each[name]) / 2 for name, percent in one.each.items()},
    )


class _Answers(asyncio.DatagramProtocol):
    """Puts what comes in where it is waited for."""

    def __init__(self, answers: "asyncio.Queue[bytes]") -> None:
        self._answers = answers

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """An answer has come."""
        self._answers.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there yet."""


@contextlib.asynccontextmanager
async def resident(folder: Path, system: str, client: str, pack: Path | None) -> AsyncIterator[Resident]:
    """Start the daemon with all it keeps in `folder`, and end it as a user does."""
    port = free_port()
    config = folder / "config.toml"
    folder.mkdir(parents=True, exist_ok=True)
    config.write_text(_config(system, client, port, pack), "utf-8")
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command("run", f"--config={config}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, HOME: str(folder)},
        process_group=0,  # Ctrl-C is ours: we tell it when it is over
    )
    try:
        yield Resident(process, port, began)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.communicate(), GOODBYE)
        except (TimeoutError, asyncio.CancelledError):
            process.kill()
            await process.wait()


def _config(system: str, client: str, port: int, pack: Path | None) -> str:
    """Settings as TOML; a string of JSON is one of TOML too."""
    name = json.dumps(str(pack) if pack is not None else "")
    return (
        f"[midi]\nsystem = {json.dumps(system)}\nclient = {json.dumps(client)}\n"
        f"[osc]\nport = {port}\n[engine]\npack = {name}\n"
    )
