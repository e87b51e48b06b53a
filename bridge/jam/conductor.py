"""The conductor: gives the floor, keeps every section's plan filled by its model, or by the vamp where that fails."""

import itertools
import math
from collections.abc import Callable, Collection, Mapping

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.engine.protocol import PhraseEnd, PhraseNote
from bridge.jam.floor import Floor, Scene
from bridge.jam.horizon import Horizon
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.modes import AUTO, MODES, OFF, TOGETHER, mode_of
from bridge.jam.modes.free import Free
from bridge.jam.modes.harmonise import Harmonise
from bridge.jam.plan import Plan
from bridge.jam.score import HitRate
from bridge.jam.section import Moment, Section, by_id
from bridge.jam.vamp import vamp
from bridge.music.chart import Chart
from bridge.music.chord import Chord, ChordAt
from bridge.music.key import Key
from bridge.music.note import BAND, Note, Span, Voice
from bridge.music.turn import Who

ENTRY = 0.5
"""Beats into its turn by which a section that takes turns has come in."""
SHORTEST_VAMP = 0.5
"""Beats the vamp fills at least, up to the next whole beat."""
CONTEXT = 4
"""Notes the player must have played before a model is asked; the vamp has the bars before."""
FIRST_KEY = Key(0, "major")
"""What the vamp plays in while the player has not shown a key."""
MEAN_VELOCITY = 80


class Conductor:
    """Decides at every `step`; everything it wants goes out through the plan, `ask` (with the pack's name) and
    `cancel`."""

    def __init__(
        self,
        plan: Plan,
        listener: Listener,
        ask: Callable[[Ask, str], object],
        cancel: Callable[[int], object],
    ) -> None:
        self._plan = plan
        self._listener = listener
        self._ask = ask
        self._cancel = cancel
        self._ids = itertools.count(1)
        self._sections: dict[tuple[str, str], Section] = {}
        self._floors: dict[str, Floor] = {}
        self.floor = Floor()
        self.knobs = Knobs()
        self._packs: dict[Voice, str] = {Voice.LEAD: ""}
        self._served: dict[str, Collection[Voice]] = {}
        self._ever_served: set[tuple[str, Voice]] = set()
        self.hits = HitRate()
        self.first: float | None = None
        self.pressed = float("-inf")
        self._now = 0.0
        self._alive: float | None = None

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that play, in the order in which they are asked."""
        return tuple(voice for voice in BAND if any(voice in section.voices for section in self._sections.values()))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that have voices now."""
        return tuple(section for section in self._sections.values() if section.voices)

    @property
    def horizon(self) -> Horizon:
        """The longest commit distance among the sections."""
        return max((section.commit for section in self.sections), key=lambda h: h.seconds, default=Horizon())

    def step(self, now: float, map: TempoMap, seconds: float) -> bool:
        """Decide at stage beat `now` (`seconds` on the desk's clock). True where the floor has changed hands."""
        self._seat()
        self._now = seconds
        self._listener.ear.advance(now, map.song, map.meter, self.key())
        moment = Moment(now, seconds, map)
        scene = self._scene(now, map)
        who = self.floor.who
        names = dict.fromkeys((self.knobs.mode, *(mode for mode, _ in self._sections)))
        # A mode that nobody plays in any more has no floor to come back to: its turn would have begun long ago.
        self._floors = {name: self._floors.get(name, Floor()) for name in names}
        for name in names:
            before = self._floors[name]
            floor = MODES[name].decide(scene, before) if map.playing else Floor()
            if floor.band != before.band:
                for section in self._of_mode(name):
                    self._give_up(section, hush=before.band is not None and now >= before.band.start)
            self._floors[name] = floor
        # In the band's order, so that whoever is asked later hears what the others are going to play.
        for (name, _), section in sorted(self._sections.items(), key=lambda seat: BAND.index(seat[1].voices[0])):
            turn = self._floors[name].band
            if turn is not None:
                section.commit.early = self.knobs.early
                self._fill(section, turn, moment, unled=name == Free.name)
        self.floor = self._floors[self.knobs.mode]
        return self.floor.who != who

    def press(self, beat: float) -> None:
        """The player put a key down."""
        if self.first is None:
            self.first = beat
        self.pressed = beat
        for (mode, _), section in self._sections.items():
            floor = self._floors.get(mode, Floor())
            if mode in TOGETHER:
                section.hurry()
            elif floor.who is not Who.BAND and floor.band is not None:
                section.renew(floor.band.start)

    def jump(self, beat: float, going_on: bool) -> None:
        """The music started, stopped or jumped at a stage beat: nothing that was planned holds.

        Where it jumped in mid-play (`going_on`), as a DAW's loop does, the player is still there.
        """
        for section in self._sections.values():
            section.forget()
        self._plan.forget()
        self._floors.clear()
        self.floor = Floor()
        self.first = beat if going_on and self.first is not None else None
        self.hits.forget_position()
        self._listener.forget_entries()

    def choose_voices(self, voices: Collection[Voice] | Mapping[Voice, str]) -> None:
        """Say which voices play, and with which pack ("" or not named: the one that is there); one that goes off is
        silent at once."""
        packs = voices if isinstance(voices, Mapping) else dict.fromkeys(voices, "")
        self._packs = {voice: packs[voice] for voice in BAND if voice in packs}
        self._seat()

    def replan(self, after: float) -> None:
        """Something that shapes the music changed: make anew what lies at or after a stage beat."""
        for section in self._sections.values():
            section.renew(after)

    def note(self, answer: PhraseNote, seconds: float) -> None:
        """A note of an answer came in."""
        self._alive = seconds
        section = by_id(self._sections.values(), answer.ask)
        if section is not None:
            section.note(answer.note, seconds)

    def end(self, answer: PhraseEnd, now: Moment) -> None:
        """An answer is whole."""
        self._alive = now.seconds
        section = by_id(self._sections.values(), answer.ask)
        if section is not None:
            section.end(now)

    def failed(self, ask: int, seconds: float) -> None:
        """An ask will not be answered: the vamp has its voices for a while, then the model is tried again."""
        section = by_id(self._sections.values(), ask)
        if section is not None:
            section.failed(seconds)

    def engine_ready(self, voices: Collection[Voice], pack: str = "") -> None:
        """A pack is loaded that plays these voices; "" stands for the one that the voices play with by default."""
        self._served[pack] = voices
        self._ever_served |= {(pack, voice) for voice in voices}
        for section in self._sections.values():
            if section.pack == pack:
                section.ready()

    def engine_lost(self) -> None:
        """The engine is gone; what it had promised is not coming."""
        self._served.clear()
        for section in self._sections.values():
            section.pending = None

    def overdue(self, seconds: float) -> float:
        """Seconds without a sign of life from the engine while it owes an answer (0: it owes none)."""
        if all(section.pending is None for section in self._sections.values()):
            self._alive = None
        return 0.0 if self._alive is None else seconds - self._alive

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

    def _seat(self) -> None:
        """Put every voice into the section of its mode and pack; one that leaves its section is silent at once."""
        alone = set(self._packs) == {Voice.LEAD}
        seats: dict[tuple[str, str], list[Voice]] = {}
        for voice, pack in self._packs.items():
            mode = mode_of(voice, self.knobs.voice_mode.get(voice, AUTO), self.knobs.mode, alone)
            if mode not in (OFF, Harmonise.name):
                seats.setdefault((mode, pack), []).append(voice)
        for seat, section in self._sections.items():
            left = [voice for voice in section.voices if voice not in seats.get(seat, ())]
            if left:
                section.forget()
            for voice in left:
                self._plan.withdraw(voice, -math.inf, hush=True)
        for seat, voices in seats.items():
            section = self._sections.get(seat) or self._open(*seat)
            if section.voices != tuple(voices):
                section.renew(-math.inf)
                section.voices = tuple(voices)
        for seat in [seat for seat in self._sections if seat not in seats]:
            del self._sections[seat]

    def _open(self, mode: str, pack: str) -> Section:
        section = Section(self._plan, self._make, self._send, self._cancel, self._shape, pack, mode in TOGETHER)
        self._sections[mode, pack] = section
        return section

    def _send(self, ask: Ask, pack: str) -> None:
        if self._alive is None:
            self._alive = self._now
        self._ask(ask, pack)

    def _of_mode(self, mode: str) -> list[Section]:
        return [section for (name, _), section in self._sections.items() if name == mode]

    def _scene(self, now: float, map: TempoMap) -> Scene:
        return Scene(
            now=now,
            map=map,
            busy=self._listener.busy,
            first=self.first,
            pressed=self.pressed,
            last=self._listener.last,
            ready=now + self.horizon.beats(map.bpm),
            expected=self._listener.expected(map.meter.bar),
            patience=self.knobs.patience,
            trade_bars=self.knobs.trade_bars,
            informed=self._informed,
        )

    @property
    def _informed(self) -> bool:
        """Whether there is music enough for a model to go on."""
        return self._listener.notes >= CONTEXT

    def _give_up(self, section: Section, hush: bool) -> None:
        """The turn of a section is over, or will not come: silence, and nothing planned."""
        section.forget()
        for voice in section.voices:
            self._plan.withdraw(voice, -math.inf, hush=hush)
            self._plan.unfill(voice)

    def _fill(self, section: Section, turn: Span, now: Moment, unled: bool) -> None:
        if self._serves(section, now.seconds) and (self._informed or unled):
            section.fill(turn, now)
        if section.due(turn, now) and section.late(turn, now):
            starts = {voice: section.next_of(voice, turn, now) for voice in section.voices}
            for voice, start in starts.items():
                if start < min(min(starts.values()) + SHORTEST_VAMP, turn.end):
                    self._vamp(section, voice, start, turn, now.map)
        for voice in section.voices:
            if self._counts(section, voice):
                filled = self._plan.filled(voice, turn.start)
                vamped = section.vamped.get(voice, -math.inf)
                self.hits.look(voice, turn, now.beat, filled, vamped, section.made(voice, now.beat))

    def _serves(self, section: Section, seconds: float) -> bool:
        """Whether a model plays this section now: it is there, and in order."""
        served = self._served.get(section.pack, ())
        return all(voice in served for voice in section.voices) and not section.resting(seconds)

    def _counts(self, section: Section, voice: Voice) -> bool:
        """Whether a voice's 16ths count: once there was a model, and something for it to go on."""
        return (section.pack, voice) in self._ever_served and self._informed

    def _make(self, section: Section, span: Span, turn: Span, now: Moment) -> Ask:
        knobs = {**self.knobs.pack.get(section.pack, {}), "temperature": self.knobs.temperature}
        if self.knobs.density > 0:
            knobs["density"] = self.knobs.density
        if Voice.LEAD in section.voices:
            knobs["register"] = self._listener.register() + self.knobs.register
        key = self.key()
        chords = self._chords(span, now.map)
        return Ask(
            id=next(self._ids),
            span=span,
            voices=section.voices,
            committed=self._plan.before(span.start, self.voices),
            now=now.beat,
            meter=now.map.meter,
            song=now.map.song,
            entry=turn.start + ENTRY if span.start <= turn.start and not section.accompanies else None,
            key=key.pitch_classes if key is not None else (),
            allowed=self._allowed(chords),
            chords=chords,
            draft=section.draft(span),
            knobs=knobs,
            seed=self.knobs.seed,
            candidates=section.pace.spend(now.bpm) if section.accompanies else 1,
            deadline=now.seconds + (span.end - now.beat) * 60.0 / now.bpm,
        )

    def _chords(self, span: Span, map: TempoMap) -> tuple[ChordAt, ...]:
        """What the chart says of a span and the bar after it, in stage beats."""
        ahead = span.end + map.meter.bar
        found = self.knobs.chart.between(max(span.start + map.song, 0.0), ahead + map.song, map.meter)
        return tuple(ChordAt(at.beat - map.song, at.chord) for at in found)

    def _allowed(self, chords: Collection[ChordAt]) -> tuple[int, ...]:
        """The only pitch classes that may sound: those of the key, and of the chords that are called for."""
        if not self.knobs.key_lock:
            return ()
        palette = set(self._listener.palette(self.knobs.key, self.knobs.scale))
        called = {pitch for at in chords if at.chord is not None for pitch in at.chord.pitch_classes}
        return tuple(sorted(palette | called)) if palette else ()

    def _vamp(self, section: Section, voice: Voice, start: float, turn: Span, map: TempoMap) -> None:
        """Let the vamp fill a voice up to a whole beat."""
        span = Span(start, min(map.next_beat(start + SHORTEST_VAMP), turn.end))
        register = self._listener.register() + self.knobs.register
        key, heard = self.key() or FIRST_KEY, self._listener.ear.chord()
        chart = self.knobs.chart or (Chart(((heard,),)) if heard is not None else Chart())
        notes = vamp(voice, span, key, map.meter, map.song, register, self.knobs.seed, chart)
        self._plan.add(*(self._shape(note, turn) for note in notes), by_rule=True)
        section.vamp(voice, span.end)

    def _shape(self, note: Note, turn: Span) -> Note:
        """A note as the knobs want it, and no longer than the turn."""
        louder = self.knobs.velocity_follow * (self._listener.velocity() - MEAN_VELOCITY)
        velocity = round((note.velocity + louder) * self.knobs.level.get(note.voice, 1.0))
        moved = 0 if note.voice is Voice.DRUMS else self.knobs.transpose.get(note.voice, 0)
        return msgspec.structs.replace(
            note,
            velocity=min(max(velocity, 1), 127),
            pitch=min(max(note.pitch + moved, 0), 127),
            duration=min(note.duration, turn.end - note.beat),
        )
