"""The wire and the engine as the daemon starts them, with the bench in the desk's place."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import msgspec

from bridge.children import KEY, SETUP, Child
from bridge.clock.tempo_map import TempoMap
from bridge.engine.protocol import Listen, Load, Loaded
from bridge.errors import EngineError, PortError
from bridge.lines import FromChild, Lines
from bridge.music.meter import Meter
from bridge.wire.protocol import Bye, Hello, Map, Master, Ready, Start, Tempo, Trouble
from bridge.wire.setup import Setup

PATIENCE = 10.0
"""Seconds that ports, clock and pack may each take."""
GOODBYE = 3.0


class Rig:
    """The two children of a desk; `tap` lets one hear all that they say. `async with` starts and ends them."""

    def __init__(self, system: str, client: str, folder: Path, pack: Path | None) -> None:
        self._setup = Setup(system, client, ledger=str(folder / "rig.ledger"))
        self._pack = pack
        self._taps: list[Callable[[FromChild], object]] = []
        self.ready: Ready | None = None
        self.map = TempoMap()
        self.loaded: Loaded | None = None
        self._trouble = ""
        self._lines = Lines(self._received)
        self._engine_there = False
        self._news = asyncio.Event()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the ports and load the pack. Raises PortError or EngineError."""
        self._loop = asyncio.get_running_loop()
        async with contextlib.AsyncExitStack() as stack:
            exchange = self._lines.open(stack)
            key = {KEY: exchange.key.hex()}
            setup = {**key, SETUP: msgspec.json.encode(self._setup).decode()}
            roles = {"wire": setup} if self._pack is None else {"wire": setup, "engine": key}
            for role, environment in roles.items():
                child = Child(role, exchange.address, environment, self._says, lambda _: None)
                stack.push_async_callback(self._end, role, child)
                child.start()
            if not await self._until(lambda: self.ready is not None or bool(self._trouble)) or self.ready is None:
                raise PortError(self._trouble or "the MIDI ports did not open; `antiphon ports` shows what is there")
            if self._pack is not None:
                await self._until(lambda: self._engine_there)
                self.tell("engine", Listen(self.ready.ears, self.ready.key))
                self.tell("engine", Load(str(self._pack)))
                if not await self._until(lambda: self.loaded is not None):
                    raise EngineError("the engine did not load its pack; `antiphon models` shows what is wrong with it")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every note and port."""
        await self._stack.aclose()

    def tell(self, role: str, message: msgspec.Struct) -> None:
        """Send the wire or the engine a message."""
        self._lines.send(role, message)

    @contextlib.contextmanager
    def tap(self, listener: Callable[[FromChild], object]) -> Iterator[None]:
        """Let `listener` hear what the children say."""
        self._taps.append(listener)
        try:
            yield
        finally:
            self._taps.remove(listener)

    async def roll(self, bpm: float) -> None:
        """Set the clock going. Raises PortError where it does not."""
        self.tell("wire", Master("internal"))
        self.tell("wire", Tempo(bpm, Meter()))
        self.tell("wire", Start())
        if not await self._until(lambda: self.map.playing and abs(self.map.bpm - bpm) < 1e-6):
            raise PortError("the wire's clock does not run; please report this")

    @property
    def beat(self) -> float:
        """Stage beat now."""
        return self.map.beat_at(time.perf_counter())

    async def _end(self, role: str, child: Child) -> None:
        if role == "wire":
            self.tell(role, Bye())
        else:
            self._lines.close(role)
        await child.stop(GOODBYE)

    async def _until(self, true: Callable[[], bool]) -> bool:
        """Wait until something is so; False where it is not after `PATIENCE`."""
        until = self._loop.time() + PATIENCE
        while not true():
            left = until - self._loop.time()
            if left <= 0:
                return False
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)
        return True

    def _received(self, role: str, message: FromChild | None) -> None:
        match message:
            case None:
                return
            case Hello():
                self._engine_there = self._engine_there or role == "engine"
            case Ready():
                self.ready = message
            case Map(map):
                self.map = map
            case Loaded():
                self.loaded = message
            case Trouble(text):
                self._says(text)
            case _:
                pass
        for tap in tuple(self._taps):
            tap(message)
        self._news.set()

    def _says(self, text: str) -> None:
        self._trouble = text
        self._news.set()
