"""The whole band in one process on the offline clock: wire, desk and engine as they are, no sleeping.

For tests, replays, soaks and evaluation: the same input at the same times gives the same notes.
"""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.clock.keeper import Timekeeper
from bridge.clock.offline import Call, OfflineTime
from bridge.engine.engine import Engine, Open
from bridge.engine.protocol import Ear, FromEngine, Load, ToEngine
from bridge.jam.band import Band
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.jam.plan import Plan
from bridge.midi.ledger import Ledger
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import IN
from bridge.music.meter import Meter
from bridge.wire.protocol import FromWire, Start, Stop, ToWire
from bridge.wire.wire import INS, OUTS, Item, Wire

TICK = 0.02
"""Seconds between the desk's decisions."""
TRAVEL = 0.0005
"""Seconds a message takes between two processes."""
NOTE = 0.001
"""Seconds a model is taken to need for a note."""


class Rehearsal:
    """Time starts at 0 and passes in `run`. `out` lists what left the ports: (seconds, port, message)."""

    def __init__(
        self,
        open_pack: Open | None = None,
        pack: Path = Path(),
        knobs: Knobs | None = None,
        bpm: float = 120.0,
        meter: Meter | None = None,
        guest: Callable[[Plan], Guest] | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self.time = OfflineTime()
        self.out: list[tuple[float, str, bytes]] = []
        self.told: list[str] = []
        self.ports = LoopbackPorts(self.time.now)
        for port in OUTS:
            self.ports.listen(port, self._listener(port))
        self._inbox: deque[Item] = deque()
        self._next: Call | None = None
        self.wire = Wire(
            self.ports,
            ledger or Ledger(None, OUTS),
            Timekeeper(bpm, meter),
            say=self._wire_says,
            ear=self._ear,
        )
        self.ports.open(INS, OUTS, self._arrives)
        self.band = Band(self.to_wire, self.to_engine, self.time.now, self.told.append, guest)
        self.band.conductor.knobs = knobs or Knobs()
        self.engine: Engine | None = None
        self._open = open_pack
        self._pack = pack
        self._step_wire()
        self._tick()
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
        self.engine = Engine(self._open, self._engine_says, self.time.now)
        self.to_engine(Load(str(self._pack), history=tuple(self.band.memory), heard=self.band.heard))

    def to_wire(self, message: ToWire) -> None:
        """Send the wire a message, as the desk does."""
        self.time.call_at(self.time.now() + TRAVEL, lambda: self._arrives(message))

    def to_engine(self, message: ToEngine) -> None:
        """Send the engine a message, as the desk does."""
        engine = self.engine
        if engine is not None:
            self.time.call_at(self.time.now() + TRAVEL, lambda: self._engine_takes(engine, message))

    def _wire_says(self, message: FromWire) -> None:
        self.time.call_at(self.time.now() + TRAVEL, lambda: self.band.from_wire(message))

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
            self.time.call_at(self.time.now() + NOTE, lambda: self._work(engine))

    def _work(self, engine: Engine) -> None:
        if engine is self.engine and engine.busy:
            engine.work()
            self.time.call_at(self.time.now() + NOTE, lambda: self._work(engine))

    def _arrives(self, item: Item) -> None:
        """What happens to the wire waits until the wire's turn, as in its own loop."""
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

    def _tick(self) -> None:
        self.band.step()
        self.time.call_at(self.time.now() + TICK, self._tick)

    def _listener(self, port: str) -> Callable[[float, bytes], None]:
        return lambda time, data: self.out.append((time, port, data))
