"""The wire: ports, clock, player and ledger under one roof, driven by one thread.

Everything that happens comes in through `handle`; everything that is due goes out through `step`. It reads no
time but its ports', so the same object runs on the offline clock.
"""

import itertools
import math
from collections.abc import Callable

from bridge.clock.daw import Observation
from bridge.clock.keeper import Timekeeper
from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.engine.protocol import Ear
from bridge.errors import ClockError
from bridge.midi.echo import EchoGuard
from bridge.midi.ledger import Ledger
from bridge.midi.messages import NoteOff, NoteOn, decode
from bridge.midi.mpe import Mpe
from bridge.midi.ports import CONTROL, FEEDBACK, IN, Arrival, Connections, PortNews, Ports, Written
from bridge.music.note import BAND, Voice
from bridge.wire.count import Count
from bridge.wire.harmonist import Harmonist
from bridge.wire.player import GAP, Player
from bridge.wire.protocol import (
    Align,
    Bye,
    Clocks,
    Closed,
    FromWire,
    Harmony,
    Input,
    Locate,
    Map,
    Master,
    Observe,
    Offsets,
    Panic,
    Play,
    Plugged,
    Put,
    Recall,
    Release,
    Restore,
    Resume,
    Sent,
    Session,
    Show,
    Start,
    Stop,
    Sway,
    Tempo,
    ToWire,
    Trouble,
    Unplugged,
    Withdraw,
)

INS = (IN, CONTROL)
OUTS = (*(voice.value for voice in reversed(BAND)), Voice.CLICK.value, FEEDBACK, Voice.GUEST.value)

REFRESH = 1.0
"""Seconds after which a map that still holds is published again: two timebases drift apart."""
DRIFT = 0.0005
"""Seconds of difference from the published map at which a new one is published."""
STEP = 0.05
"""Seconds after which the clock is looked at again while it runs, whatever else is due."""
IDLE = 1.0
"""Seconds between looks while nothing runs."""

CLOCK_MESSAGES = frozenset((0xF8, 0xFA, 0xFB, 0xFC, 0xF2))

Item = Arrival | Written | PortNews | ToWire


class Wire:
    """Reads and plays the ports. `say` reaches the desk, `ear` the engine; neither may block.

    `offset()` is what to add to the ports' time to get the desk's `perf_counter`.
    """

    def __init__(
        self,
        ports: Ports,
        ledger: Ledger,
        clock: Timekeeper,
        say: Callable[[FromWire], object],
        ear: Callable[[Ear], object],
        offset: Callable[[], float] = lambda: 0.0,
        ins: tuple[str, ...] = INS,
    ) -> None:
        self._ports = ports
        self._ledger = ledger
        self._clock = clock
        self._say = say
        self._ear = ear
        self._offset = offset
        self._ins = ins
        self._count = Count()
        self._echo = EchoGuard()
        self._mpe = Mpe()
        self._plugged: Connections = {}
        self._player = Player(ports, ledger, self._tell, self._count, self._echo.sent)
        self._harmonist = Harmonist(self._player, itertools.count(-1, -1))
        self._map = TempoMap()
        self._offsets: dict[str, float] = {}
        self._published: TempoMap | None = None
        self._published_at = -math.inf
        self._reported = clock.report
        self._polled_at = -math.inf
        self.over = False
        """Set by `Bye`: every note is closed and the loop may end."""

    @property
    def sounding(self) -> int:
        """Notes that are open at our ports."""
        return self._player.sounding

    @property
    def in_flight(self) -> int:
        """Messages that the ports have not answered yet."""
        return self._player.in_flight

    def handle(self, item: Item) -> None:
        """Take in one thing that happened."""
        now = self._ports.now()
        match item:
            case Arrival(port, time, data):
                self._arrived(port, time, data)
            case Written():
                self._player.written(item)
            case Put(ids, notes):
                for id, note in zip(ids, notes, strict=True):
                    self._player.put(id, note)
            case Harmony(voice, table, level):
                self._harmonist.follow(voice, table, level)
            case Recall(ids):
                self._player.recall(ids)
            case Release(ids):
                self._player.release(ids, now, self._map)
            case Offsets(seconds):
                self._offsets = seconds
                self._player.shift(seconds)
            case Sway(groove):
                self._player.sway(self._map, groove)
            case Withdraw(voice, after, hush):
                self._player.withdraw(voice, after)
                if hush:
                    self._player.hush(now, self._map, voice)
            case Start(lead_in, top):
                self._clock.start(now, lead_in, None if top is None else top - self._offset())
            case Resume():
                self._clock.resume(now)
            case Stop():
                self._clock.stop(now)
            case Locate(beat):
                self._clock.locate(beat, now)
            case Restore(map, source, seq):
                self._count.go_on(seq)
                self._clock.restore(map.shifted(-self._offset()), source, now)
            case Tempo(bpm, meter):
                self._clock.tempo(bpm, meter, now)
            case Master(name):
                self._clock.choose(name)
            case Align(time):
                self._clock.align(time - self._offset(), now)
            case Session(on, shares, leads):
                self._join(on, shares, leads, now)
            case Observe(source, time, beat, bpm, meter, playing):
                self._clock.observe(source, Observation(time - self._offset(), playing, beat, bpm, meter))
            case Play(data, None):
                self._arrived(IN, now, data)
            case Play(data, float(beat)):
                self._tell(Input(next(self._count), beat, IN, data))
            case Show(messages):
                for data in messages:
                    self._ports.send(FEEDBACK, now, data)
            case Panic():
                self.silence()
            case Bye():
                self._player.give_up_lost()
                self.silence()
                self.over = True
            case PortNews(port, what, detail):
                self._news(port, what, detail)
        self._follow(now)

    def step(self) -> float:
        """Do what is due; returns the seconds until there may be something to do again."""
        now = self._ports.now()
        self._follow(now)
        due = self._player.advance(self._map, now)
        if now - self._polled_at >= IDLE:
            self._polled_at = now
            self._ports.poll()
            self._see_connections(self._ports.connections())
        # A clock that runs is looked at often even when no note is due, so that its silence is noticed.
        limit = min(STEP if self._map.playing else IDLE, self._clock.patience)
        return min(max(due - now, 0.0), limit)

    def silence(self) -> None:
        """Forget the plan, close every note, then tell every used channel to be quiet."""
        now = self._ports.now()
        self._player.forget_plan()
        self._harmonist.let_go(now, self._map)
        self._player.hush(now, self._map)
        # Later than the last off: one may be due a moment after its on, which is up to a horizon ahead.
        self._player.sweep(now + self._ports.horizon + 2 * GAP)

    def sweep(self, due: float) -> int:
        """Close, at a time of the ports, what a wire before this one left sounding; returns how many notes."""
        left = len(self._ledger.sounding())
        self._player.sweep(due)
        return left

    def hold(self) -> int:
        """Play nothing until the ports are restored and what was left sounding is swept; returns how many notes."""
        self._player.hold()
        return len(self._ledger.sounding())

    def _join(self, on: bool, shares: bool, leads: bool, now: float) -> None:
        """Be in a Link session, or say why we are not."""
        try:
            self._clock.session(on, shares, leads, now)
        except ClockError as error:
            self._say(Trouble(str(error)))

    def _arrived(self, port: str, time: float, data: bytes) -> None:
        if data[0] in CLOCK_MESSAGES:
            self._clock.receive(port, data, time)
            return
        if not self._echo.accepts(time, port, data):
            complaint = self._echo.take_complaint()
            if complaint:
                self._say(Trouble(complaint))
            return
        if port == IN:
            one = self._mpe.take(data)
            if one is None:
                return
            data = one
            self._harmonist.hear(data, self._ports.now(), self._map)
        self._tell(Input(next(self._count), self._map.beat_at(time + self._offsets.get(port, 0.0)), port, data))

    def _see_connections(self, connections: Connections) -> None:
        """Remember every cable for a wire that takes this one's place, and tell the desk what we listen to."""
        self._ledger.remember_connections(connections)
        plugged = {port: connections[port] for port in self._ins if connections.get(port)}
        if plugged != self._plugged:
            self._plugged = plugged
            self._say(Plugged(plugged))

    def _tell(self, event: Input | Sent | Closed) -> None:
        """Tell the desk, and the engine what concerns it."""
        self._say(event)
        ear = ear_of(event)
        if ear is not None:
            self._ear(ear)

    def _news(self, port: str, what: str, detail: str) -> None:
        now = self._ports.now()
        if what == "lost" and port in self._ins:
            self._harmonist.let_go(now, self._map)
            if port == IN:
                self._mpe.let_go()
            self._say(Unplugged(port, self._map.beat_at(now)))
        elif what == "lost":
            self._player.lost(port)
        elif what == "found" and port in OUTS:
            self._player.found(port, now + self._ports.horizon)
        elif what == "restored":
            self.sweep(now + self._ports.horizon)
            return
        elif what == "system-lost":
            self.silence()
            self.over = True  # nothing can be sent any more; the desk starts a new wire until the system is back
        self._say(Trouble(f"port {port}: {what}{f' ({detail})' if detail else ''}" if port else detail or what))

    def _follow(self, now: float) -> None:
        """Adopt the clock's map; publish it where it says something new."""
        map = self._clock.poll(now)
        if map is not self._map:
            jumped = map.epoch != self._map.epoch
            before, self._map = self._map, map
            if jumped:
                self._player.forget_plan()
                self._player.hush(now, before)
            self._player.sway(map)
        published = self._published
        if published is None or self._is_news(published, map, now):
            self._published, self._published_at = map, now
            self._say(Map(map.shifted(self._offset()), self._clock.master, self._clock.error_ms))
        if self._clock.report is not self._reported:
            self._reported = self._clock.report
            self._say(Clocks(self._reported))
        notice = self._clock.take_notice()
        if notice:
            self._say(Trouble(notice))

    def _is_news(self, published: TempoMap, map: TempoMap, now: float) -> bool:
        if (published.epoch, published.meter, published.playing) != (map.epoch, map.meter, map.playing):
            return True
        if abs(published.bpm - map.bpm) > 0.001 * map.bpm:
            return True
        if not map.playing:
            return False
        if now - self._published_at >= REFRESH:
            return True
        return abs(published.beat_at(now) - map.beat_at(now)) * 60.0 / map.bpm > DRIFT


def ear_of(event: Input | Sent | Closed) -> Ear | None:
    """What a model hears of something that was told to the desk: notes of the player, and the band's own."""
    match event:
        case Input(seq, beat, port, data) if port == IN:
            heard = _heard(beat, data)
            return None if heard is None else Ear(seq, heard)
        case Sent(seq, note=note, dropped=False) if note.voice in BAND:
            return Ear(seq, Sounded(note))
        case _:
            return None


def _heard(beat: float, data: bytes) -> Heard | None:
    match decode(data):
        case NoteOn(_, pitch, velocity):
            return Pressed(beat, pitch, velocity)
        case NoteOff(_, pitch):
            return Released(beat, pitch)
        case _:
            return None
