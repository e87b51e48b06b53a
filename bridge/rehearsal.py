"""The whole band in one process on the offline clock: wire, desk and engine as they are, no sleeping.

For tests, replays, soaks and evaluation: the same input at the same times gives the same notes.
"""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.clock.keeper import Timekeeper
from bridge.clock.offline import Call, OfflineTime
from bridge.engine.engine import Engine
from bridge.engine.loading import Open
from bridge.engine.protocol import Ear, FromEngine, Load, ToEngine
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.jam.plan import Plan
from bridge.midi.ledger import Ledger
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import IN, Written
from bridge.music.meter import Meter
from bridge.record.session import PackId
from bridge.record.session_band import Keep, SessionBand
from bridge.wire.protocol import Bye, FromWire, Ready, Restore, Start, Stop, ToWire
from bridge.wire.wire import INS, OUTS, Item, Wire

TICK, IDLE = 0.02, 0.25
"""Seconds between the desk's decisions while the music plays, and while it does not."""
TRAVEL = 0.0005
"""Seconds a message takes between two processes."""
NOTE = 0.001
"""Seconds a model is taken to need for a note."""
HANG = 2.0
"""Seconds without any answer after which an engine is taken to hang, and replaced."""
RECONNECTED = 0.1
"""Seconds after which what a new wire sends is surely heard."""

MakePorts = Callable[[OfflineTime], LoopbackPorts]
"""Makes ports that live on a timebase."""


def _loopback(time: OfflineTime) -> LoopbackPorts:
    return LoopbackPorts(time.now)


class Rehearsal:
    """Time starts at 0 and passes in `run`. `out` lists what left the ports: (seconds, port, message).

    `keep` gets what a session log holds, where the pack is `identity`. Without `records` the take begins anew with
    every start, as in the daemon.
    """

    def __init__(
        self,
        open_pack: Open | None = None,
        pack: Path = Path(),
        knobs: Knobs | None = None,
        bpm: float = 120.0,
        meter: Meter | None = None,
        guest: Callable[[Plan], Guest] | None = None,
        ledger: Ledger | None = None,
        records: bool = True,
        keep: Keep | None = None,
        identity: PackId | None = None,
        make_ports: MakePorts = _loopback,
    ) -> None:
        self.time = OfflineTime()
        self.out: list[tuple[float, str, bytes]] = []
        self.told: list[str] = []
        self.note_seconds = NOTE
        """Seconds a model needs for a note from now on."""
        self.hanging = False
        """Whether the engine has stopped answering; the next one works again."""
        self._identity = identity
        self._make_ports = make_ports
        self._open = open_pack
        self._pack = pack
        self._inbox: deque[Item] = deque()
        self._next: Call | None = None
        self.engine: Engine | None = None
        self.ledger = ledger or Ledger(None, OUTS)
        self._open_wire(Timekeeper(bpm, meter))
        self._new_band: Callable[[], SessionBand] = lambda: SessionBand(
            self.to_wire, self.to_engine, self.time.now, self.told.append, guest, records, keep
        )
        self.band = self._new_band()
        self.band.conductor.knobs = knobs or Knobs()
        self._step_wire()
        self._tick(self.band)
        self.revive_engine()

    def play(self, time: float, data: bytes, port: str = IN) -> None:
        """Let a message of the player arrive at a time."""
        self.time.call_at(time, lambda: self.ports.arrive(port, data))

    def perform(self, notes: Sequence[tuple[float, float, int, int]], channel: int = 0) -> None:
        """Let the player play notes given as (seconds, seconds, pitch, velocity)."""
        for onset, length, pitch, velocity in notes:
            self.play(onset, bytes((0x90 | channel, pitch, velocity)))
            self.play(onset + length, bytes((0x80 | channel, pitch, 64)))

    def start(self, lead_in: float = 0.0) -> None:
        """Roll our own clock."""
        self.to_wire(Start(lead_in))

    def stop(self) -> None:
        """Stop our own clock."""
        self.to_wire(Stop())

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.time.run_until(self.time.now() + seconds)

    def kill_engine(self) -> None:
        """The engine ends in the middle of whatever it does."""
        self.engine = None
        self.band.engine_lost()

    def revive_engine(self) -> None:
        """A new engine starts, loads the pack and is told what was heard."""
        if self._open is None:
            return
        self.hanging = False
        self.engine = Engine(self._open, self._engine_says, self.time.now)
        load = Load(str(self._pack), history=tuple(self.band.memory), heard=self.band.heard)
        self.band.introduce(load, self._identity)
        self.to_engine(load)

    @property
    def wired(self) -> bool:
        """Whether there is a wire."""
        return self._wired

    def kill_wire(self) -> None:
        """The wire ends without a word: what it had not written is lost, and its ports are gone."""
        self._close_wire()
        self.band.wire_lost()

    def revive_wire(self) -> None:
        """A new wire takes over what the ledger says, and is told by the desk where the music is."""
        map, source, heard = self.band.map, self.band.source, self.band.heard
        self.ledger = Ledger(None, OUTS, self.ledger.left())
        self._open_wire(Timekeeper())
        swept = self.wire.sweep(self.time.now() + self.ports.horizon + RECONNECTED)
        self._wire_says(Ready("loopback", "", (*INS, *OUTS), "", "", b"", swept))
        self.to_wire(Restore(map, source, heard))
        self._step_wire()

    def kill_desk(self) -> None:
        """The desk ends: the wire closes every note and goes, and so does the engine; then all three begin anew."""
        self._arrives(Bye())
        self.run(0.0)
        self.ports.close()
        for item in tuple(self._inbox):
            if isinstance(item, Written):
                self.wire.handle(item)
        self._close_wire()
        self.engine = None
        self.band = self._new_band()
        self.ledger = Ledger(None, OUTS, self.ledger.left())
        self._open_wire(Timekeeper())
        self._step_wire()
        self._tick(self.band)
        self.revive_engine()

    def to_wire(self, message: ToWire) -> None:
        """Send the wire a message, as the desk does."""
        wire = self.wire
        self.time.call_at(self.time.now() + TRAVEL, lambda: self._arrives(message) if wire is self.wire else None)

    def to_engine(self, message: ToEngine) -> None:
        """Send the engine a message, as the desk does."""
        engine = self.engine
        if engine is not None:
            self.time.call_at(self.time.now() + TRAVEL, lambda: self._engine_takes(engine, message))

    def _open_wire(self, clock: Timekeeper) -> None:
        """Ports and a wire; the ledger of the one before is taken over, as from its file."""
        self.ports = self._make_ports(self.time)
        for port in OUTS:
            self.ports.listen(port, self._listener(port))
        self.wire = Wire(self.ports, self.ledger, clock, say=self._wire_says, ear=self._ear)
        self.ports.open(INS, OUTS, self._arrives)
        self._wired = True

    def _close_wire(self) -> None:
        self._wired = False
        self.ports.close()
        self._inbox.clear()
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _wire_says(self, message: FromWire) -> None:
        band = self.band
        self.time.call_at(self.time.now() + TRAVEL, lambda: band.from_wire(message) if band is self.band else None)

    def _engine_says(self, message: FromEngine) -> None:
        engine = self.engine
        self.time.call_at(
            self.time.now() + TRAVEL,
            lambda: self.band.from_engine(message) if engine is self.engine else None,
        )

    def _ear(self, ear: Ear) -> None:
        self.to_engine(ear)

    def _engine_takes(self, engine: Engine, message: ToEngine) -> None:
        if engine is not self.engine:
            return
        was_busy = engine.busy
        engine.handle(message)
        if engine.busy and not was_busy:
            self.time.call_at(self.time.now() + self.note_seconds, lambda: self._work(engine))

    def _work(self, engine: Engine) -> None:
        if engine is self.engine and engine.busy and not self.hanging:
            engine.work()
            self.time.call_at(self.time.now() + self.note_seconds, lambda: self._work(engine))

    def _arrives(self, item: Item) -> None:
        """What happens to the wire waits until the wire's turn, as in its own loop."""
        if not self._wired:
            return
        self._inbox.append(item)
        self._wake(self.time.now())

    def _step_wire(self) -> None:
        while self._inbox:
            self.wire.handle(self._inbox.popleft())
        self._next = None
        wait = self.wire.step()
        if self._inbox:
            wait = 0.0
        self._wake(self.time.now() + wait)

    def _wake(self, time: float) -> None:
        if self._next is not None:
            if self._next.time <= time:
                return
            self._next.cancel()
        self._next = self.time.call_at(time, self._step_wire)

    def _tick(self, band: SessionBand) -> None:
        if band is not self.band:
            return
        band.step()
        if band.conductor.overdue(self.time.now()) > HANG:
            self.kill_engine()
            self.revive_engine()
        wait = TICK if band.map.playing else IDLE
        self.time.call_at(self.time.now() + wait, lambda: self._tick(band))

    def _listener(self, port: str) -> Callable[[float, bytes], None]:
        return lambda time, data: self.out.append((time, port, data))
