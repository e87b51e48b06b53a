"""The conductor: gives the floor, keeps every section's plan filled by its model, or by the vamp where that fails."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.engine.protocol import PhraseEnd, PhraseNote
from bridge.jam.floor import Floor
from bridge.jam.floors import Floors
from bridge.jam.gestures import Fill, Gesture, Infill
from bridge.jam.harmony import Harmony
from bridge.jam.horizon import Horizon
from bridge.jam.knobs import Knobs
from bridge.jam.legato import sustained
from bridge.jam.listener import Listener
from bridge.jam.looper import Looper
from bridge.jam.mending import Mending
from bridge.jam.models import Models
from bridge.jam.modes import INTERPOLATE, TOGETHER
from bridge.jam.modes.accompany import Accompany
from bridge.jam.modes.free import Free
from bridge.jam.modes.harmonise import Harmonise
from bridge.jam.modes.interpolate import ENDS
from bridge.jam.pedalboard import Pedalboard
from bridge.jam.phrasebook import Phrasebook
from bridge.jam.plan import Plan
from bridge.jam.prompter import Prompter, Standing
from bridge.jam.score import HitRate
from bridge.jam.seating import Seating
from bridge.jam.section import Moment, Section, by_id
from bridge.jam.stopgap import Stopgap
from bridge.jam.touch import shaped
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import BAND, Note, Span, Voice
from bridge.music.turn import Who


class Conductor:
    """Decides at every `step`; everything it wants goes out through the plan, `ask` (with the pack's name) and
    `cancel`."""

    def __init__(
        self,
        plan: Plan,
        listener: Listener,
        ask: Callable[[Ask, str], object],
        cancel: Callable[[int], object],
        tell: Callable[[str], object] = lambda _: None,
        let_go: Callable[[Collection[Voice], Collection[int]], object] = lambda voices, classes: None,
    ) -> None:
        self._plan = plan
        self._listener = listener
        self._ask = ask
        self._cancel = cancel
        self._tell = tell
        self._harmony = Harmony(let_go)
        self.book = Phrasebook(listener, plan)
        self.looper = Looper(plan, lambda note: shaped(note, self.knobs))
        self.board = Pedalboard(self.book, self.looper)
        self._prompter = Prompter(plan, listener, self.book)
        self._seating = Seating(plan, self._open)
        self._stopgap = Stopgap(plan, listener, self._shape)
        self._models = Models()
        self._mending = Mending(self.looper, self._prompter, self._seating, self._models, self._send)
        self._floors = Floors(listener, self.book)
        self.floor = Floor()
        self.knobs = Knobs()
        self.hits = HitRate()
        self._moment = Moment(0.0, 0.0, TempoMap())

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that play, in the order in which they are asked."""
        playing = {*self._seating.voices, *self.looper.voices}
        return tuple(voice for voice in BAND if voice in playing)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that have voices now."""
        return tuple(section for section in self._sections.values() if section.voices)

    @property
    def horizon(self) -> Horizon:
        """The longest commit distance among the sections."""
        alone = Horizon()
        alone.early = self.knobs.early
        return max((section.commit for section in self.sections), key=lambda h: h.seconds, default=alone)

    def step(self, now: float, map: TempoMap, seconds: float) -> bool:
        """Decide at stage beat `now` (`seconds` on the desk's clock). True where the floor has changed hands."""
        moment = self._moment = Moment(now, seconds, map)
        self._listener.follow(now, map, self.knobs.key, self.knobs.scale)
        if map.playing:
            self.board.step(moment, self._line, self.knobs)
        self._seat()
        stocked = any(letter in self.board.slots for letter in ENDS)
        scene = self._floors.scene(now, map, self.knobs, now + self.horizon.beats(map.bpm), stocked)
        who = self.floor.who
        names = dict.fromkeys((self.knobs.mode, *(mode for mode, _ in self._sections)))
        for name, before in self._floors.decide(names, scene).items():
            for section in self._seating.of_mode(name):
                # Even before the turn has begun its first notes may be on their way, and nothing else sounds.
                self._give_up(section, hush=before.band is not None)
        # In the band's order, so that whoever is asked later hears what the others are going to play.
        for (name, _), section in sorted(self._sections.items(), key=lambda seat: BAND.index(seat[1].voices[0])):
            turn = self._floors.turn(name)
            if turn is not None:
                section.commit.early = self.knobs.early
                self._fill(section, turn, moment, unled=name == Free.name or (name == INTERPOLATE.name and stocked))
        self.floor = self._floors.of(self.knobs.mode)
        if map.playing:
            self.looper.step(moment, self._line)
            if self.looper.voices and self.looper.start <= now:
                self.floor = Floor(Who.BOTH if scene.busy else Who.BAND, self.floor.band)
        lacking = self.board.lacking(names)
        if lacking:
            self._tell(lacking)
        return self.floor.who != who

    def press(self, beat: float) -> None:
        """The player put a key down."""
        self._floors.press(beat)
        for (mode, _), section in self._sections.items():
            floor = self._floors.of(mode)
            if mode in TOGETHER:
                section.hurry()
            elif floor.who is not Who.BAND and floor.band is not None:
                section.renew(floor.band.start)

    @property
    def pressed(self) -> float:
        """The stage beat at which the player last put a key down; minus infinity: never."""
        return self._floors.pressed

    def jump(self, beat: float, going_on: bool, map: TempoMap | None = None) -> None:
        """The music started, stopped or jumped at a stage beat, to this map: nothing that was planned holds.

        Where it jumped in mid-play (`going_on`), as a DAW's loop does, the player is still there.
        """
        for section in self._sections.values():
            section.forget()
        self._plan.forget()
        before, after = self._moment.map, self._moment.map if map is None else map
        self.book.jump(self._moment.beat, before, after)
        self.board.jump(after, max(beat, -after.song))
        self._prompter.jump()
        self._floors.jump(beat, going_on)
        self.floor = Floor()
        self.hits.forget_position()
        self._listener.jump(beat, going_on)
        self._harmony.forget()

    def rest(self, until: float) -> None:
        """Play nothing before a stage beat; a jump ends the rest."""
        self._floors.rest(until)

    def choose_voices(self, voices: Collection[Voice] | Mapping[Voice, str]) -> None:
        """Say which voices play, and with which pack ("" or not named: the one that is there); one that goes off is
        silent at once."""
        self._seating.choose(voices)
        self._seat()

    def turn(self, knobs: Knobs, now: Moment) -> None:
        """The knobs stand like this now: what lies behind the commit line is made anew."""
        before, self.knobs, self._moment = self.knobs, knobs, now
        # A new like is heeded from the next ask on: what is planned stays.
        if msgspec.structs.replace(before, freeze=knobs.freeze, liking=knobs.liking) != knobs:
            self.replan(self._line)
        if (before.level, before.transpose) != (knobs.level, knobs.transpose):
            self.looper.renew(self._line)
        self.looper.switch(knobs.off, self._line)
        if knobs.freeze and not before.freeze:
            self.board.freeze(self._moment, self._line)
        elif before.freeze and not knobs.freeze:
            self._let_go()

    def gesture(self, what: Gesture, now: Moment) -> None:
        """The player does something with phrases. Raises SettingsError for what cannot be done."""
        self._moment = now
        match what:
            case Infill():
                self._mending.ask(what, self._line, Standing(now, self.knobs, self.key(), self.voices))
            case Fill():
                bar = now.map.next_bar(self._line)
                self._prompter.call_fill(bar, now.map)
                for section in self._sections.values():
                    if Voice.DRUMS in section.voices:
                        section.renew(bar)
            case _:
                self.board.do(what, now, self._line, self.knobs)
                for section in self._seating.of_mode(INTERPOLATE.name):
                    section.renew(self._line)

    def replan(self, after: float) -> None:
        """Something that shapes the music changed: make anew what lies at or after a stage beat."""
        for section in self._sections.values():
            section.renew(after)

    def note(self, answer: PhraseNote, seconds: float) -> None:
        """A note of an answer came in."""
        self._models.spoke(seconds)
        section = by_id(self._sections.values(), answer.ask)
        if section is not None:
            section.note(answer.note, seconds)
        else:
            self.looper.note(answer.ask, answer.note)

    def end(self, answer: PhraseEnd, now: Moment) -> None:
        """An answer is whole."""
        self._models.spoke(now.seconds)
        section = by_id(self._sections.values(), answer.ask)
        if section is not None:
            section.end(now)
        else:
            self.looper.answered(answer.ask, now, self._line)

    def failed(self, ask: int, seconds: float) -> None:
        """An ask will not be answered: the vamp has its voices for a while, then the model is tried again."""
        section = by_id(self._sections.values(), ask)
        if section is not None:
            section.failed(seconds)
        elif self.looper.failed(ask):
            self._tell("the model could not make these bars anew; what stood there stays")

    def engine_ready(self, voices: Collection[Voice], pack: str = "") -> None:
        """A pack is loaded that plays these voices; "" stands for the one that the voices play with by default."""
        self._models.ready(pack, voices)
        for section in self._sections.values():
            if section.pack == pack:
                section.ready()

    def engine_lost(self) -> None:
        """The engine is gone; what it had promised is not coming."""
        self._models.lost()
        for section in self._sections.values():
            section.pending = None
        self.looper.pending.clear()

    def overdue(self, seconds: float) -> float:
        """Seconds without a sign of life from the engine while it owes an answer (0: it owes none)."""
        sections = self._sections.values()
        owing = bool(self.looper.pending) or any(section.pending is not None for section in sections)
        return self._models.silent(seconds, owing)

    def key(self) -> Key | None:
        """The key in force: the knob's, else the player's."""
        return self.knobs.key or self._listener.key(self.knobs.scale)

    def chord(self, beat: float, map: TempoMap) -> Chord | None:
        """The chord that the chart has at a stage beat; without a chart, the one that the player speaks for now."""
        if self.knobs.chart:
            return self.knobs.chart.at(max(beat + map.song, 0.0), map.meter)
        return self._listener.ear.chord()

    @property
    def harmonist(self) -> Voice | None:
        """The voice that plays under the player's keys, if any does."""
        told = (voice for voice in BAND if self.knobs.voice_mode.get(voice) == Harmonise.name)
        mine = Voice.CHORDS if self.knobs.mode == Harmonise.name else None
        return next(told, mine)

    def _open(self, mode: str, pack: str) -> Section:
        together = mode in TOGETHER
        return Section(self._plan, self._make, self._send, self._cancel, self._shape, pack, together, mode, self._hold)

    def _let_go(self) -> None:
        """The voices that repeat play on in their sections, from the next bar on."""
        free, end = self.board.let_go(self._moment, self._line)
        self._seat()
        for section in self._sections.values():
            for voice in set(free) & set(section.voices):
                section.reserve(voice, end)
                self._plan.fill(voice, end)

    @property
    def _sections(self) -> dict[tuple[str, str], Section]:
        return self._seating.sections

    def _seat(self) -> None:
        self._seating.seat(self.knobs, self.looper.voices)

    def _send(self, ask: Ask, pack: str) -> None:
        self._models.asked(self._moment.seconds)
        self._ask(ask, pack)

    @property
    def _line(self) -> float:
        """The stage beat before which nothing can be changed any more, whoever plays it."""
        now = self._moment
        return now.beat + self.horizon.beats(now.bpm)

    def _give_up(self, section: Section, hush: bool) -> None:
        """The turn of a section is over, or will not come: silence, and nothing planned."""
        section.forget()
        for voice in section.voices:
            self._plan.withdraw(voice, -math.inf, hush=hush)
            self._plan.unfill(voice)

    def _fill(self, section: Section, turn: Span, now: Moment, unled: bool) -> None:
        there = self._models.serve(section.pack, section.voices) and not section.resting(now.seconds)
        if there and (self._floors.informed or unled):
            section.fill(turn, now)
        self._stopgap.step(section, turn, now, self.key(), self.knobs)
        for voice in section.voices:
            # A 16th counts once there was a model for it, and something for that to go on.
            if self._models.ever_served(section.pack, voice) and self._floors.informed:
                filled = self._plan.filled(voice, turn.start)
                vamped = section.vamped.get(voice, -math.inf)
                self.hits.look(voice, turn, now.beat, filled, vamped, section.made(voice, now.beat))

    def _make(self, section: Section, span: Span, turn: Span, now: Moment) -> Ask:
        ask = self._prompter.ask(section, span, turn, self._standing(span, now))
        if section.mode == Accompany.name and not self.knobs.chart:
            self._harmony.turn(section.voices, ask.chords[0].chord if ask.chords else None)
        return ask

    def _standing(self, span: Span, now: Moment) -> Standing:
        repeated = self.looper.within(span, now.map)
        return Standing(now, self.knobs, self.key(), self.voices, self.board.slots, repeated)

    def _hold(self, notes: Sequence[Note], ask: Ask) -> Sequence[Note]:
        return sustained(notes, ask, self.knobs.legato)

    def _shape(self, note: Note, turn: Span) -> Note:
        return shaped(note, self.knobs, self._listener.velocity(), turn.end)
