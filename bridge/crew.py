"""The crew: the wire and the engine as processes of the desk, from the first start to the last note closed."""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec

from bridge.children import KEY, SETUP, Child
from bridge.errors import PortError
from bridge.health.queued import queued
from bridge.lines import Hear, Lines
from bridge.wire.protocol import Bye, Ready, Trouble
from bridge.wire.setup import Setup

READY = 10.0
"""Seconds the ports may take to open at the start."""
GOODBYE = 3.0
"""Seconds that the wire may take to close every note and port."""
FAREWELL = 0.5
"""Seconds that the engine or the audio process may take to end."""


class Crew:
    """Keeps both running. `hear` gets what they say, `engine_ended` the exit code of an engine, `tell` shows a line."""

    def __init__(
        self, setup: Setup, hear: Hear, engine_ended: Callable[[int], object], tell: Callable[[str], object]
    ) -> None:
        self._setup = setup
        self._engine_ended = engine_ended
        self._tell = tell
        self._lines = Lines(hear)
        self._children: dict[str, Child] = {}
        self.ports_open = asyncio.Event()
        self.stopping = False
        """Set once it is being ended: what dies now is not replaced."""
        self._failed = asyncio.Event()
        self._trouble = ""
        self._sound_ended: Callable[[int], object] | None = None

    def with_sound(self, ended: Callable[[int], object]) -> None:
        """Have an audio process too, from the start on; `ended` gets its exit code."""
        self._sound_ended = ended

    def start(self, stack: contextlib.AsyncExitStack) -> None:
        """Start both; when the stack ends, every note and port is closed, then the processes end."""
        exchange = self._lines.open(stack)
        key = {KEY: exchange.key.hex()}
        wire = {**key, SETUP: msgspec.json.encode(self._setup).decode()}
        self._children = {
            "engine": Child("engine", exchange.address, key, self._tell, self._engine_ended),
            "wire": Child("wire", exchange.address, wire, self._tell, self._wire_ended),
        }
        if self._sound_ended is not None:
            self._children["sound"] = Child("sound", exchange.address, key, self._tell, self._sound_ended)
            stack.push_async_callback(self._end_sound)
        stack.push_async_callback(self._end_engine)
        stack.push_async_callback(self._end_wire)
        for child in self._children.values():
            child.start()

    async def wait_for_ports(self) -> None:
        """Wait until the ports are open. Raises PortError with the reason where they do not open."""
        waits = [asyncio.create_task(event.wait()) for event in (self.ports_open, self._failed)]
        try:
            await asyncio.wait(waits, timeout=READY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        if not self.ports_open.is_set():
            raise PortError(self._trouble or "the MIDI ports did not open; `antiphon ports` shows what is there")

    def ready(self, message: Ready) -> None:
        """The ports are open. A wire that takes this one's place waits for the same system to come back."""
        again = msgspec.structs.replace(self._setup, system=message.system)
        self._children["wire"].environment[SETUP] = msgspec.json.encode(again).decode()
        self.ports_open.set()

    def excuses(self, message: object) -> bool:
        """Whether a message is only why the ports do not open: that is told once, by whoever waits for them."""
        if not isinstance(message, Trouble) or self.ports_open.is_set():
            return False
        self._trouble = message.text
        return True

    def to_wire(self, message: msgspec.Struct) -> None:
        """Say something to the wire, if it is on the line."""
        self._lines.send("wire", message)

    def to_engine(self, message: msgspec.Struct) -> None:
        """Say something to the engine, if it is on the line."""
        self._lines.send("engine", message)

    def to_sound(self, message: msgspec.Struct) -> None:
        """Say something to the audio process, if it is on the line."""
        self._lines.send("sound", message)

    def kill_engine(self) -> None:
        """End an engine that does not answer; a new one starts."""
        self._children["engine"].kill()

    def engine_queued(self) -> float | None:
        """Seconds that the engine has stood in line for a processor; None where nobody knows."""
        return queued(self._children["engine"].pid)

    def sound_settled(self) -> None:
        """The audio process is on the line: its next death is a new one."""
        self._children["sound"].settle()

    def engine_settled(self) -> None:
        """The engine is on the line: its next death is a new one."""
        self._children["engine"].settle()

    async def _end_wire(self) -> None:
        """Have every note and port closed; if the wire cannot do it any more, by a new one that sweeps."""
        self.stopping = True
        wire = self._children["wire"]
        self.to_wire(Bye())
        if await wire.stop(GOODBYE) != 0 and self.ports_open.is_set():
            wire.start()  # it is told goodbye as soon as it is on the line, and sweeps before that
            await wire.stop(GOODBYE)
        await asyncio.sleep(0)  # what the links delivered last is waiting in the loop

    async def _end_engine(self) -> None:
        self._lines.close("engine")
        await self._children["engine"].stop(FAREWELL)

    async def _end_sound(self) -> None:
        self._lines.close("sound")
        await self._children["sound"].stop(FAREWELL)

    def _wire_ended(self, code: int) -> None:
        if not self.ports_open.is_set():
            self._failed.set()
        elif not self.stopping:
            self._tell(f"the wire ended (code {code}): a new one opens the ports and closes what was sounding")
