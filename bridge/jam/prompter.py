"""The prompter: tells the models what they need to know, in the asks that it writes."""

import itertools
from collections.abc import Collection, Mapping

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask, Material
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.modes import MATERIALS
from bridge.jam.modes.free import Free
from bridge.jam.phrase import Phrase
from bridge.jam.phrasebook import Phrasebook
from bridge.jam.plan import Plan
from bridge.jam.section import Moment, Section
from bridge.jam.stock import LATELY, Stock
from bridge.music.chord import ChordAt
from bridge.music.key import Key
from bridge.music.note import Note, Span, Voice

ENTRY = 0.5
"""Beats into its turn, or into bars that are made anew, by which a section that takes turns has come in."""
HAIR = 1e-6


class Standing(msgspec.Struct, frozen=True):
    """How things stand in the band when somebody is asked."""

    now: Moment
    knobs: Knobs
    key: Key | None
    voices: tuple[Voice, ...]
    """All that play."""
    slots: Mapping[str, Phrase] = {}
    repeated: tuple[Note, ...] = ()
    """What is repeated in the span, whatever is asked."""


class Prompter:
    """Writes asks from plan, listener and phrasebook."""

    def __init__(self, plan: Plan, listener: Listener, book: Phrasebook) -> None:
        self._plan = plan
        self._listener = listener
        self._book = book
        self._ids = itertools.count(1)
        self._called: set[int] = set()
        """Bars of the song that were called to be fills."""

    def ask(self, section: Section, span: Span, turn: Span, how: Standing) -> Ask:
        """What a section is asked for a span of its turn."""
        now = how.now
        chords = self.chords(span, how.knobs, now.map)
        if not chords and section.accompanies and section.mode != Free.name:
            chords = self._listener.ear.to_come(span.end, now.map.song, now.map.meter)
        ask = self._ask(section.voices, section.pack, span, how, chords)
        return msgspec.structs.replace(
            ask,
            committed=self._plan.before(span.start, how.voices),
            entry=turn.start + ENTRY if span.start <= turn.start and not section.accompanies else None,
            draft=section.draft(span),
            beside=how.repeated,
            material=self._material(section, turn, how),
            candidates=section.pace.spend(now.bpm) if section.accompanies else 1,
            patience=section.pace.patience(now.bpm),
        )

    def infill(self, voices: tuple[Voice, ...], pack: str, span: Span, how: Standing, before: Collection[Note]) -> Ask:
        """What a pack is asked for bars of a loop: `how.repeated` is all that stands, `before` what comes before."""
        own = set(voices)
        return msgspec.structs.replace(
            self._ask(voices, pack, span, how, self.chords(span, how.knobs, how.now.map)),
            committed=tuple(note for note in before if note.beat < span.start),
            entry=span.start + ENTRY,
            after=tuple(note for note in how.repeated if note.beat >= span.end),
            beside=tuple(note for note in how.repeated if note.beat in span and note.voice not in own),
        )

    def call_fill(self, beat: float, map: TempoMap) -> None:
        """The bar that begins at a stage beat is to be a fill."""
        bar, _ = map.bar_at(beat + HAIR)
        self._called = {called for called in self._called if called >= bar - 1} | {bar}

    def jump(self) -> None:
        """The music jumped: no fill is called for."""
        self._called.clear()

    def chords(self, span: Span, knobs: Knobs, map: TempoMap) -> tuple[ChordAt, ...]:
        """What the chart says of a span and the bar after it, in stage beats."""
        ahead = span.end + map.meter.bar
        found = knobs.chart.between(max(span.start + map.song, 0.0), ahead + map.song, map.meter)
        return tuple(ChordAt(at.beat - map.song, at.chord) for at in found)

    def fills(self, span: Span, every: int, map: TempoMap) -> tuple[float, ...]:
        """The bar lines of the fills that a span has part of: those called for, and the last of `every` bars."""
        found = []
        bar, _ = map.bar_at(span.start + HAIR)
        while (start := bar * map.meter.bar - map.song) < span.end:
            due = every > 0 and bar >= 0 and (bar + 1) % every == 0
            if due or bar in self._called:
                found.append(start)
            bar += 1
        return tuple(found)

    def _ask(self, voices: tuple[Voice, ...], pack: str, span: Span, how: Standing, chords: tuple[ChordAt, ...]) -> Ask:
        now, own = how.now, how.knobs
        knobs = {**own.pack.get(pack, {}), "temperature": own.temperature}
        if own.density > 0:
            knobs["density"] = own.density
        if Voice.LEAD in voices:
            knobs["register"] = self._listener.register() + own.register
        return Ask(
            id=next(self._ids),
            span=span,
            voices=voices,
            now=now.beat,
            meter=now.map.meter,
            song=now.map.song,
            key=how.key.pitch_classes if how.key is not None else (),
            allowed=self._allowed(chords, own),
            chords=chords,
            fills=self.fills(span, own.phrase_bars, now.map) if Voice.DRUMS in voices else (),
            knobs=knobs,
            taste=own.liking.told(own.taste, pack),
            seed=own.seed,
            deadline=now.seconds + (span.end - now.beat) * 60.0 / now.bpm,
        )

    def _allowed(self, chords: Collection[ChordAt], knobs: Knobs) -> tuple[int, ...]:
        """The only pitch classes that may sound: those of the key, and of the chords that are called for."""
        if not knobs.key_lock:
            return ()
        palette = set(self._listener.palette(knobs.key, knobs.scale))
        called = {pitch for at in chords if at.chord is not None for pitch in at.chord.pitch_classes}
        return tuple(sorted(palette | called)) if palette else ()

    def _material(self, section: Section, turn: Span, how: Standing) -> Material | None:
        made = MATERIALS.get(section.mode)
        if made is None:
            return None
        now, map = how.now.beat, how.now.map
        origin, bar = map.next_bar(turn.start), map.meter.bar
        return made(
            Stock(
                voices=section.voices,
                origin=origin,
                bar=bar,
                phrase=self._book.player(now, map),
                lately=self._book.lately(now, map, LATELY * bar, origin),
                slots=how.slots,
                blend=how.knobs.blend,
                follow=how.knobs.follow,
            )
        )
