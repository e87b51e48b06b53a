"""The band: what comes from wire and engine goes to listener, conductor and take; what they want goes back.

It runs on the desk's loop and on the offline clock alike: `now` is the only clock it reads.
"""

import math
from collections import deque
from collections.abc import Callable, Collection, Mapping

from bridge.clock.report import ClockReport
from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.engine.protocol import (
    Cancel,
    Fault,
    FromEngine,
    Loaded,
    PhraseEnd,
    PhraseNote,
    Request,
    ToEngine,
    Unloaded,
)
from bridge.health.metrics import Metrics
from bridge.jam.click import Click
from bridge.jam.conductor import Conductor
from bridge.jam.gestures import Gesture
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.phrase import Phrase
from bridge.jam.plan import Plan
from bridge.jam.section import Moment
from bridge.jam.touch import plain
from bridge.jam.under_finger import UnderFinger
from bridge.midi.messages import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN, ControlChange, NoteOff, NoteOn, decode
from bridge.midi.ports import IN
from bridge.music.note import BAND, Voice
from bridge.record.take import Origin, Take
from bridge.wire.protocol import (
    Clocks,
    Closed,
    FromWire,
    Input,
    Map,
    Panic,
    Ready,
    Release,
    Sent,
    ToWire,
    Trouble,
    Unplugged,
)

DRIFT = 0.005
"""Seconds that a map may be off the last one on record before it is recorded too."""
PAUSE = 1.0
"""Seconds: music that stops for less than this, as while a new wire takes over, goes on with the same player."""
ABOUT_TO = 0.125
"""Beats before a chord of the chart at which a key belongs to it already: fingers are early."""
LATELY = 4096
"""Notes that the take of a band keeps which does not record everything."""
REST = 1.0
"""Beats that the band is silent after a panic, at the least: it comes in again with a bar."""
MEMORY = 512
"""Events that a new engine is told of."""


class Band:
    """Plays with the player. `to_wire` and `to_engine` send; `tell` shows the user a line.

    With `records` the take keeps everything from first to last; without, it begins anew whenever the music starts.
    """

    def __init__(
        self,
        to_wire: Callable[[ToWire], object],
        to_engine: Callable[[ToEngine], object],
        now: Callable[[], float],
        tell: Callable[[str], object],
        guest: Callable[[Plan], Guest] | None = None,
        records: bool = True,
    ) -> None:
        self._to_wire = to_wire
        self._now = now
        self._tell = tell
        self.map = TempoMap()
        self.source = "internal"
        self.clock_error_ms = 0.0
        self.clocks = ClockReport()
        self.plan = Plan(to_wire)
        self.listener = Listener()
        self.conductor = Conductor(
            self.plan,
            self.listener,
            ask=lambda ask, pack: to_engine(Request(ask, pack)),
            cancel=lambda id: to_engine(Cancel(id)),
            tell=tell,
            let_go=self._let_go,
        )
        self.under = UnderFinger(to_wire)
        self.click = Click(self.plan)
        self.guest = guest(self.plan) if guest is not None else None
        self.take = Take(0 if records else LATELY)
        self._records = records
        self._taken: TempoMap | None = None
        self.metrics = Metrics()
        self.loaded: Loaded | None = None
        self.ready: Ready | None = None
        self.memory: deque[Heard] = deque(maxlen=MEMORY)
        self.heard = 0
        self._sounding: dict[int, Sent] = {}
        self._stopped = float("-inf")
        self.rests_until = float("-inf")
        """Stage beat of the bar with which the music goes on after the last panic."""

    @property
    def beat(self) -> float:
        """Stage beat now."""
        return self.map.beat_at(self._now())

    @property
    def moment(self) -> Moment:
        """Now."""
        seconds = self._now()
        return Moment(self.map.beat_at(seconds), seconds, self.map)

    def turn_knobs(self, knobs: Knobs) -> None:
        """New values: what lies behind the commit line is made anew."""
        if knobs != self.conductor.knobs:
            self.conductor.turn(knobs, self.moment)
            self.step()

    def gesture(self, what: Gesture) -> None:
        """The player does something with phrases. Raises SettingsError for what cannot be done."""
        self.conductor.gesture(what, self.moment)
        self.step()

    def step(self) -> None:
        """Let everybody decide; call it often while the music plays, and after every message."""
        beat = self.beat
        if self.guest is not None:
            self.guest.step(beat, self.map)
        self.click.step(beat, self.map)
        conductor = self.conductor
        ahead = beat + ABOUT_TO if self.map.playing else beat
        self.under.step(conductor.harmonist, conductor.key(), conductor.chord(ahead, self.map), conductor.knobs)
        if self.conductor.step(beat, self.map, self._now()):
            self.take.turn(beat, self.conductor.floor.who)

    @property
    def slots(self) -> Mapping[str, Phrase]:
        """The phrases in the slots, by their letters."""
        return self.conductor.board.slots

    @property
    def repeats(self) -> str:
        """What is repeated: a slot's letter, `band`, or nothing."""
        return self.conductor.board.repeats

    def panic(self) -> None:
        """Silence, now and until a bar begins: every note closed, nothing planned, the player's keys taken as up."""
        self.rests_until = self.map.next_bar(self.beat + REST)
        self._to_wire(Panic())
        self.conductor.board.silence()
        self.conductor.jump(self.beat, going_on=False)
        self.conductor.rest(self.rests_until)
        self._lift(self.beat)

    def from_wire(self, message: FromWire) -> None:
        """Take in what the wire says."""
        match message:
            case Input(seq):
                self.heard = max(self.heard, seq)
                self._heard(message)
            case Sent(seq):
                self.heard = max(self.heard, seq)
                self._sent(message)
            case Closed(id, beat):
                sent = self._sounding.pop(id, None)
                if sent is not None:
                    self.take.band_off(beat, sent.note.voice, sent.note.pitch)
            case Map(map, source, error_ms):
                self._follow(map, source, error_ms)
            case Clocks(report):
                self.clocks = report
            case Ready():
                self.ready = message
                self.under.forget()
                self._sounding.clear()  # whatever a wire before this one left open, this one has closed
            case Unplugged(port, beat):
                if port == IN:
                    self._lift(beat)
            case Trouble(text):
                self._tell(text)
        self.step()

    def from_engine(self, message: FromEngine) -> None:
        """Take in what the engine says."""
        match message:
            case PhraseNote():
                self.conductor.note(message, self._now())
            case PhraseEnd():
                self.metrics.phrase(message)
                self.conductor.end(message, self.moment)
            case Loaded():
                self._loaded(message)
            case Unloaded(pack):
                self.conductor.engine_ready((), pack)
            case Fault(text, fatal, ask, again):
                if not again:
                    self._tell(text)
                    self.metrics.fault(text)
                self.conductor.failed(ask, self._now())
                if fatal:
                    self.engine_lost()
        self.step()

    def _loaded(self, loaded: Loaded) -> None:
        """A pack is ready; one that takes another's place plays from the next bar on."""
        self.conductor.engine_ready(loaded.voices, loaded.pack)
        if not loaded.default:
            return
        before, self.loaded = self.loaded, loaded
        self.conductor.engine_ready(loaded.voices)
        if before is not None and before.folder != loaded.folder:
            self.conductor.replan(self.map.next_bar(self.beat + self.conductor.horizon.beats(self.map.bpm)))

    def engine_lost(self) -> None:
        """The engine ended: the vamp has the band until the next one is ready."""
        self.loaded = None
        self.conductor.engine_lost()

    def wire_lost(self) -> None:
        """The wire ended: nothing is planned; what sounded waits for the next wire to close it."""
        self.ready = None
        self.conductor.jump(self.beat, going_on=True)
        self._lift(self.beat)

    @property
    def stuck(self) -> int:
        """Notes of the band that were sent and never closed."""
        return len(self._sounding)

    def _let_go(self, voices: Collection[Voice], classes: Collection[int]) -> None:
        """End what sounds of some voices in some pitch classes of the music, before it was moved by `transpose`."""
        knobs = self.conductor.knobs
        sounding = ((id, plain(sent.note, knobs)) for id, sent in self._sounding.items())
        ids = tuple(id for id, note in sounding if note.voice in voices and note.pitch % 12 in classes)
        if ids:
            self._to_wire(Release(ids))

    def _lift(self, beat: float) -> None:
        """The player's keys count as up: nobody will say so for them."""
        for pitch in self.listener.lift(beat):
            self.take.player_off(beat, pitch)

    def _follow(self, map: TempoMap, source: str, error_ms: float) -> None:
        jumped = map.epoch != self.map.epoch
        if self.map.playing and not map.playing:
            self._stopped = self._now()
        going_on = self.map.playing or self._now() - self._stopped < PAUSE
        self.map, self.source, self.clock_error_ms = map, source, error_ms
        self._keep_tempo(map, jumped)
        if jumped:
            self.conductor.jump(map.beat, going_on, map)
            self.click.jump()
            if self.guest is not None:
                self.guest.jump()

    def _keep_tempo(self, map: TempoMap, jumped: bool) -> None:
        """Put a map on record where it says something that the last one there does not."""
        if not self._records and jumped and map.playing:
            self.take = Take(LATELY)
        last = self._taken
        drift = abs(last.beat_at(map.time) - map.beat) * 60.0 / map.bpm if last is not None else math.inf
        if jumped or last is None or drift > DRIFT or last.meter != map.meter:
            self._taken = map
            self.take.tempo(map)

    def _heard(self, heard: Input) -> None:
        message = decode(heard.data)
        quiet = isinstance(message, ControlChange) and message.control in (ALL_SOUND_OFF, ALL_NOTES_OFF)
        if heard.port != IN:
            if quiet:
                self.panic()
            return
        match message:
            case ControlChange() if quiet:
                self._lift(heard.beat)  # a DAW says this at every stop and loop: it means the player's notes
            case NoteOn(channel, pitch, velocity):
                self.memory.append(Pressed(heard.beat, pitch, velocity))
                self.listener.press(heard.beat, channel, pitch, velocity)
                self.take.player_on(heard.beat, pitch, velocity)
                if self.guest is not None and self.guest.playing and not self.guest.is_own(heard.beat, pitch):
                    self.guest.retire()
                    self._tell("somebody plays: the built-in player leaves the stage to you")
                self.conductor.press(heard.beat)
            case NoteOff(channel, pitch):
                self.memory.append(Released(heard.beat, pitch))
                self.listener.release(heard.beat, channel, pitch)
                self.take.player_off(heard.beat, pitch)
            case ControlChange(channel, control, value) if control == SUSTAIN:
                self.listener.pedal(heard.beat, channel, value >= 64)
                self.take.pedal(heard.beat, value)
            case _:
                pass

    def _sent(self, sent: Sent) -> None:
        by_rule = self.plan.gone(sent.id, sent.note, sounds=not sent.dropped)
        if sent.note.voice not in BAND:
            return
        self.metrics.sent(sent, by_rule)
        if not sent.dropped:
            self.memory.append(Sounded(sent.note))
            self.conductor.book.sounded(sent.note)
            self._sounding[sent.id] = sent
            self.take.band(sent.sounding, Origin.VAMP if by_rule or sent.id < 0 else Origin.MODEL)
