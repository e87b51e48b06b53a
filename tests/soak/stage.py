"""A stage on the offline clock on which anything can happen, and what must be true whatever did."""

import random
from pathlib import Path

from bridge.control.grooves import Grooves
from bridge.control.parameters import ParameterTable
from bridge.jam.knobs import Knobs
from bridge.midi.messages import ALL_NOTES_OFF
from bridge.midi.ports import IN
from bridge.music.note import BAND
from bridge.record.session_band import Keep
from bridge.rehearsal import Rehearsal
from bridge.wire.protocol import Master, Observe
from tests.soak.device import BrokenPromiseError, Devices
from tests.soak.flock import Flock, opener
from tests.soak.ports import StagePorts
from tests.soak.weigh import containers

MOST = 12_000
"""Items that the containers at one place may hold together: the wire remembers 8,192 notes."""
SILENCE = 1.5
"""Seconds after a stop in which everything has settled."""
TICKS = 24


class DawClock:
    """A DAW's MIDI clock: ticks on as long as it is switched on, started or not."""

    def __init__(self, rehearsal: Rehearsal, chance: random.Random) -> None:
        self._rehearsal = rehearsal
        self._chance = chance
        self._life = 0
        self.bpm = 120.0
        self.on = False

    def switch(self, on: bool) -> None:
        """Begin or cease to tick."""
        self.on = on
        self._life += 1
        if on:
            self._tick(self._life)

    def say(self, *data: int) -> None:
        """Send a message of the clock now."""
        self._rehearsal.play(self._rehearsal.time.now(), bytes(data))

    def _tick(self, life: int) -> None:
        if life != self._life:
            return
        self.say(0xF8)
        wait = 60.0 / self.bpm / TICKS * self._chance.uniform(0.9, 1.1)
        self._rehearsal.time.call_at(self._rehearsal.time.now() + wait, lambda: self._tick(life))


class Stage:
    """The band, a player, a DAW, and cables; everything follows from `seed`. `horizon` in seconds as on JACK."""

    def __init__(self, seed: int, horizon: float = 0.0, keep: Keep | None = None) -> None:
        self.chance = random.Random(seed)
        self.devices = Devices()
        self.out: set[str] = set()
        self.pulled: set[str] = set()
        self.flocks: list[Flock] = []
        self.table = ParameterTable()
        self.rehearsal = Rehearsal(
            opener(self.flocks),
            Path("flock"),
            records=False,
            keep=keep,
            make_ports=lambda time: StagePorts(time, self.devices, self.out, horizon),
        )
        self.grooves = Grooves(self.table, self.rehearsal.to_wire)
        self.clock = DawClock(self.rehearsal, self.chance)
        self.held: set[tuple[int, int]] = set()
        self.resting = False
        """Whether the player leaves the floor to the band."""
        self.heaviest: dict[str, int] = {}
        self.rehearsal.run(0.1)
        self.choose_voices()

    @property
    def now(self) -> float:
        """Seconds."""
        return self.rehearsal.time.now()

    @property
    def ports(self) -> StagePorts:
        """The ports of the wire that lives, or lived last."""
        ports = self.rehearsal.ports
        assert isinstance(ports, StagePorts)
        return ports

    def rest(self, resting: bool) -> None:
        """The player stops, every key and pedal up, or goes on."""
        self.resting = resting
        if resting:
            for channel, pitch in sorted(self.held):
                self.midi(0x80 | channel, pitch, 64)
            self.held.clear()
            for channel in range(16):
                self.midi(0xB0 | channel, 64, 0)
            self.midi(0xB0, ALL_NOTES_OFF, 0)

    def midi(self, *data: int, port: str = IN) -> None:
        """A message arrives now."""
        self.rehearsal.play(self.now, bytes(data), port)

    def apply_knobs(self) -> None:
        """Bring the band in line with the table, as the desk does."""
        self.choose_voices()
        self.grooves.apply()
        self.rehearsal.band.choose_click(str(self.table.get("click")))
        self.rehearsal.band.turn_knobs(Knobs.of(self.table))

    def choose_voices(self) -> None:
        """The voices that are switched on play."""
        self.rehearsal.band.choose_voices([voice for voice in BAND if self.table.get("on", voice)])

    def kill_wire(self) -> None:
        """The wire dies."""
        if self.rehearsal.wired:
            self.ports.die()
            self.devices.forget(self.pulled - self.out)
            self.rehearsal.kill_wire()

    def revive_wire(self) -> None:
        """The next wire takes over."""
        if not self.rehearsal.wired:
            self.devices.bereave(set(self.rehearsal.ledger.sounding()), self.now)
            self.rehearsal.revive_wire()
            self.grooves.greet()

    def kill_desk(self) -> None:
        """The desk dies, and with it the others; a new one starts."""
        self.revive_wire()
        self.rehearsal.kill_desk()
        self.grooves.greet()
        self.devices.forget(self.pulled - self.out)
        self._demand(not self.devices.open - {key for key in self.devices.open if key[0] in self.out}, "after the desk")
        self.apply_knobs()

    def pull(self, port: str, noticed: float) -> None:
        """A cable comes out, which is noticed some seconds later."""
        if port in self.pulled:
            return
        self.pulled.add(port)
        self.ports.pull(port)
        self.rehearsal.time.call_at(self.now + noticed, lambda: self._notice(port))

    def plug(self, port: str) -> None:
        """A cable that was missed is back."""
        if port in self.out and self.rehearsal.wired:
            self.pulled.discard(port)
            self.ports.plug(port)

    def check(self) -> None:
        """Stop all; then nothing sounds, nothing is owed, nothing comes any more, and nothing has grown.

        Raises BrokenPromiseError.
        """
        self.clock.switch(False)
        self.revive_wire()
        self.rehearsal.run(SILENCE)
        self.rest(True)
        for port in tuple(self.out):
            self.plug(port)
        self.rehearsal.to_wire(Master("auto"))
        self.clock.say(0xFC)
        self.rehearsal.to_wire(Observe("daw", self.now, None, None, None, playing=False))
        self.rehearsal.stop()
        self.rehearsal.run(SILENCE)
        wire, band = self.rehearsal.wire, self.rehearsal.band
        self._demand(not band.map.playing, "the music goes on after a stop")
        self._demand(not self.devices.open, f"notes are open after a stop: {self.devices.open}")
        self._demand(not self.devices.rings, f"notes ring after a stop: {self.devices.rings}")
        self._demand(wire.sounding == 0, "the wire takes notes for sounding after a stop")
        self._demand(wire.in_flight == 0, "messages are under way after a stop")
        self._demand(not self.rehearsal.ledger.sounding(), f"the ledger has {self.rehearsal.ledger.sounding()}")
        self._demand(band.stuck == 0, f"the band takes {band.stuck} notes for stuck")
        before = len(self.rehearsal.out)
        self.rehearsal.run(SILENCE)
        self._demand(len(self.rehearsal.out) == before, "something is sent after a stop")
        self.rehearsal.out.clear()
        self.rehearsal.told.clear()
        self._weigh()

    def _weigh(self) -> None:
        for path, size in containers(self.rehearsal).items():
            self.heaviest[path] = max(self.heaviest.get(path, 0), size)
            self._demand(size <= MOST, f"{path} has grown to {size} items")

    def _notice(self, port: str) -> None:
        if self.rehearsal.wired:
            self.ports.notice(port)
        else:
            self.out.add(port)

    def _demand(self, true: bool, otherwise: str) -> None:
        if not true:
            raise BrokenPromiseError(f"{otherwise} ({self.now:.3f} s)")
