"""A music program as the lanes see it: a UDP port that answers as documented, and what the desk's side hears of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar, cast

from bridge.clock.daw import Observation
from bridge.daw.base import Ears
from bridge.daw.datagrams import HOST, RULES
from bridge.daw.osc_lane import OscLane
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.osc.packet import Argument, Message, read, write

WAIT = 5.0
L = TypeVar("L", bound=OscLane)


class Script(Protocol):
    """What a program answers to a message."""

    def answer(self, message: Message) -> Iterable[Message]: ...


class Program(asyncio.DatagramProtocol):
    """Binds a port of its own, and answers to `reply_to`, whoever asks, as programs do."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.heard: list[Message] = []
        self.reply_to = 0
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, self.port))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: object) -> None:
        for message in read(data, RULES):
            self.heard.append(message)
            for answer in self.script.answer(message):
                self.raw(write(answer))

    def say(self, address: str, *arguments: Argument) -> None:
        self.raw(write(Message(address, arguments)))

    def raw(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data, (HOST, self.reply_to))

    def asked(self, address: str) -> list[tuple[Argument, ...]]:
        """The arguments of every message on an address."""
        return [message.arguments for message in self.heard if message.address == address]


class Listener:
    """The desk's side; its time stands at 100 s unless it is moved."""

    def __init__(self) -> None:
        self.seen: list[Observation] = []
        self.keys: list[Key | None] = []
        self.told: list[str] = []
        self.meter = Meter()
        self.time = 100.0

    @property
    def ears(self) -> Ears:
        return Ears(self.seen.append, self.keys.append, self.told.append, lambda: self.meter, lambda: self.time)


class Stage(Generic[L]):
    """A lane with its program at the other end."""

    def __init__(self, lane: L, program: Program, listener: Listener) -> None:
        self.lane = lane
        self.program = program
        self.listener = listener


async def until(holds: Callable[[], object]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(WAIT):
        while not holds():
            await asyncio.sleep(0.001)


@asynccontextmanager
async def on_stage(make: Callable[[Ears, int], L], script: Script, found: bool = True) -> AsyncIterator[Stage[L]]:
    """Both, connected; with `found` only once the lane has found its program."""
    program, listener = Program(script), Listener()
    await program.open()
    lane = make(listener.ears, program.port)
    try:
        await lane.datagrams.open("it")
        program.reply_to = lane.datagrams.listen_port
        lane.poll(listener.time)
        if found:
            await until(lambda: lane.found)
        yield Stage(lane, program, listener)
    finally:
        lane.close()
        program.close()


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in a loop of its own."""

    @wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        asyncio.run(test(*args, **kwargs))

    return run
