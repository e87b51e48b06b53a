"""The composition root: settings in, running daemon out. The only place that knows everybody."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from bridge import settings as places
from bridge.children import KEY, SETUP, Child
from bridge.control.parameters import ParameterTable
from bridge.engine.pack import read_card
from bridge.engine.protocol import FromEngine, Listen, Load, Loaded
from bridge.engine.session import REMEDIES
from bridge.engine.shelf import find
from bridge.errors import PackError, PortError
from bridge.health.notices import Notices
from bridge.health.status import Status, status
from bridge.jam.band import Band
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.link import Exchange, Link
from bridge.lock import DaemonLock
from bridge.music.note import Voice
from bridge.music.tunes import Tune
from bridge.osc.server import OscServer
from bridge.settings import Settings
from bridge.wire.protocol import (
    Bye,
    FromWire,
    Hello,
    Locate,
    Master,
    Ready,
    Restore,
    Resume,
    Start,
    Stop,
    Tempo,
    Trouble,
)
from bridge.wire.setup import Setup

TICK = 0.02
"""Seconds between decisions while the music plays."""
IDLE = 0.25
"""Seconds between looks while it does not; messages are taken at once either way."""
HANG = 2.0
"""Seconds without any answer after which an engine is taken to hang, and replaced."""
READY = 10.0
"""Seconds the ports may take to open at the start."""
GOODBYE = 3.0
"""Seconds that the wire may take to close every note and port."""

FromChild = Hello | FromWire | FromEngine


class Desk:
    """The running daemon. `async with` starts and ends it; `say` shows the user a line.

    With a tune, the built-in player performs it until somebody plays; with `records` the take keeps everything.
    """

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], object],
        tune: Tune | None = None,
        records: bool = True,
    ) -> None:
        self.settings = settings
        self.tell = Notices(say, time.monotonic).tell
        self.table = ParameterTable()
        for name, value in settings.knobs.items():
            self.table.set(name, value)
        bars = int(self.table.get("trade_bars")) if self.table.get("mode") == "trade" else None
        guest = None if tune is None else lambda plan: Guest(plan, tune, bars)
        self.band = Band(self._to_wire, self._to_engine, time.perf_counter, self.tell, guest, records)
        self.ports_open = asyncio.Event()
        self.engine_ready = asyncio.Event()
        """Set once a pack has answered, or none can."""
        self.system = "none"
        """The MIDI system that was opened."""
        self.provider = "none"
        """The provider that the model last ran on; "none" where it never ran."""
        self._failed = asyncio.Event()
        self._trouble = ""
        self._links: dict[str, Link[FromChild]] = {}
        self._children: dict[str, Child] = {}
        self._pack: Path | None = None
        self._voices: tuple[Voice, ...] = ()
        self._clock: tuple[object, ...] = ()
        self._stopping = False
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> "Desk":
        """Take the lock, start the children, open the ports and the OSC surface. Raises AntiphonError."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._unexpected)
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(DaemonLock(places.state_folder()))
            self._find_pack()
            self._start_children(stack)
            self._apply_knobs()
            stack.callback(self.table.subscribe(lambda _: self._loop.call_soon(self._apply_knobs)))
            if self.settings.osc.enabled:
                osc = OscServer(self.table, self, self.tell, self.settings.osc.host, self.settings.osc.port)
                await osc.start()
                stack.callback(osc.stop)
            await self._wait_for_ports()
            pulse = asyncio.create_task(self._beat(), name="pulse")
            stack.callback(pulse.cancel)
            self._stack = stack.pop_all()
        if self.settings.clock.autostart:
            self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every note and port, end the children."""
        await self._stack.aclose()

    # What a surface can ask for (the OSC server's Actions).

    def start(self) -> None:
        """Roll from the top, after the count-in."""
        self._apply_knobs()  # what was set in the same breath counts
        self._to_wire(Start(float(self.table.get("count_in")) * self.table.meter().bar))

    def resume(self) -> None:
        """Roll from where the song stands."""
        self._to_wire(Resume())

    def stop(self) -> None:
        """Stop our own clock."""
        self._to_wire(Stop())

    def locate(self, beat: float) -> None:
        """Go to a beat of the song."""
        self._to_wire(Locate(beat))

    def panic(self) -> None:
        """Silence now."""
        self.band.panic()

    def status(self) -> Status:
        """What there is to know."""
        return status(self.band, Path(self.settings.engine.pack).name)

    def _start_children(self, stack: contextlib.AsyncExitStack) -> None:
        exchange = Exchange()
        stack.callback(exchange.close)
        exchange.accept(self._dialled)
        key = {KEY: exchange.key.hex()}
        wire = {**key, SETUP: self._setup(self.settings.midi.system)}
        self._children = {
            "engine": Child("engine", exchange.address, key, self.tell, self._engine_ended),
            "wire": Child("wire", exchange.address, wire, self.tell, self._wire_ended),
        }
        stack.push_async_callback(self._end_engine)
        stack.push_async_callback(self._end_wire)
        for child in self._children.values():
            child.start()

    def _setup(self, system: str) -> str:
        midi, ledger = self.settings.midi, places.state_folder() / "ledger"
        return msgspec.json.encode(Setup(system, midi.one_port, midi.opens, str(ledger))).decode()

    def _find_pack(self) -> None:
        """A pack that is not to be had is told, and the vamp plays."""
        try:
            self._pack = find(self.settings.engine.pack, places.pack_folders(self.settings))
            self._voices = read_card(self._pack).voices
        except PackError as error:
            self.tell(f"{error}; the vamp plays")
            self._pack, self._voices = None, (Voice.LEAD,)
            self.engine_ready.set()

    async def _wait_for_ports(self) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self.ports_open, self._failed)]
        try:
            await asyncio.wait(waits, timeout=READY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        if not self.ports_open.is_set():
            raise PortError(self._trouble or "the MIDI ports did not open; `antiphon ports` shows what is there")

    async def _beat(self) -> None:
        """Decide again and again; a fault in a decision is told, and the next one is made all the same."""
        while True:
            await asyncio.sleep(TICK if self.band.map.playing else IDLE)
            try:
                self.band.step()
            except Exception as error:
                self.tell(f"a decision failed ({error!r}); the band plays on, but please report this")
            if self.band.conductor.overdue(time.perf_counter()) > HANG:
                self.tell("the engine does not answer: it is replaced, and the vamp plays until then")
                self._children["engine"].kill()
                self.band.engine_lost()

    async def _end_wire(self) -> None:
        """Have every note and port closed; if the wire cannot do it any more, by a new one that sweeps."""
        self._stopping = True
        wire = self._children["wire"]
        self._to_wire(Bye())
        if await wire.stop(GOODBYE) != 0 and self.ports_open.is_set():
            wire.start()  # it is told goodbye as soon as it is on the line, and sweeps before that
            await wire.stop(GOODBYE)
        await asyncio.sleep(0)  # what the links delivered last is waiting in the loop

    async def _end_engine(self) -> None:
        if "engine" in self._links:
            self._links["engine"].close()
        await self._children["engine"].stop(0.5)

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """What no one caught: told in one line, never the end of the daemon."""
        self.tell(f"{context.get('exception') or context.get('message')!r}; the band plays on, but please report this")

    def _apply_knobs(self) -> None:
        """Bring clock and band in line with the parameter table."""
        values = self.table.snapshot()
        clock = (values["tempo"], values["meter"], values["clock"])
        if clock != self._clock:
            self._clock = clock
            self._tell_clock()
        self.band.click.when = str(values["click"])
        self.band.conductor.choose_voices([voice for voice in self._voices if self.table.get("on", voice)])
        self.band.turn_knobs(Knobs.of(self.table))

    def _tell_clock(self) -> None:
        self._to_wire(Tempo(float(self.table.get("tempo")), self.table.meter()))
        self._to_wire(Master(str(self.table.get("clock"))))

    def _to_wire(self, message: msgspec.Struct) -> None:
        if "wire" in self._links:
            self._links["wire"].send(message)

    def _to_engine(self, message: msgspec.Struct) -> None:
        if "engine" in self._links:
            self._links["engine"].send(message)

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
            if message.role == "wire":
                self._greet_wire()
            else:
                self._load()
        elif link is self._links.get("engine"):
            if message is None:
                del self._links["engine"]
                self.band.engine_lost()
            else:
                self._from_engine(message)  # type: ignore[arg-type]
        elif link is self._links.get("wire"):
            if message is None:
                del self._links["wire"]
                if not self._stopping:
                    self.band.wire_lost()
            else:
                self._from_wire(message)  # type: ignore[arg-type]

    def _greet_wire(self) -> None:
        """The first words to a wire: where the music is, and that is all if it is over."""
        if self.ports_open.is_set():
            self._to_wire(Restore(self.band.map, self.band.source, self.band.heard))
        self._tell_clock()
        if self._stopping:
            self._to_wire(Bye())

    def _from_wire(self, message: FromWire) -> None:
        if isinstance(message, Trouble) and not self.ports_open.is_set():
            self._trouble = message.text  # why the ports do not open; told once, by whoever waits for them
            return
        if isinstance(message, Ready):
            self.system = message.system
            # A wire that takes this one's place waits for the same system to come back.
            self._children["wire"].environment[SETUP] = self._setup(message.system)
            self.ports_open.set()
            if message.swept:
                self.tell(f"{message.swept} notes that were left sounding have been closed")
            self._listen(message)
        self.band.from_wire(message)

    def _from_engine(self, message: FromEngine) -> None:
        if self._stopping:
            return
        if isinstance(message, Loaded):
            self.provider = message.got
            self.engine_ready.set()
            if message.asked not in ("auto", message.got):
                remedy = REMEDIES.get(message.asked, "choose another provider")
                self.tell(f"asked for {message.asked}, but the model runs on {message.got}; {remedy}")
        self.band.from_engine(message)

    def _load(self) -> None:
        engine = self.settings.engine
        if self.band.ready is not None:
            self._listen(self.band.ready)
        if self._pack is None:
            return
        memory, heard = tuple(self.band.memory), self.band.heard
        self._to_engine(Load(str(self._pack), engine.provider, engine.strict, memory, heard))

    def _listen(self, ready: Ready) -> None:
        self._to_engine(Listen(ready.ears, ready.key))

    def _wire_ended(self, code: int) -> None:
        if not self.ports_open.is_set():
            self._failed.set()
        elif not self._stopping:
            self.tell(f"the wire ended (code {code}): a new one opens the ports and closes what was sounding")

    def _engine_ended(self, code: int) -> None:
        self.band.metrics.restarts += 1
        self.band.engine_lost()
        if not self._stopping:
            self.tell(f"the engine ended (code {code}): the vamp plays until the next one is ready")
