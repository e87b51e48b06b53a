"""Families that make whole bars at once: what they have in common is how bars become the notes of an ask."""

import math
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Generator, Hashable, Iterator, Sequence
from typing import Any

from bridge.engine.family import Ask, Heard
from bridge.engine.memory import Memory
from bridge.engine.pack import Pack
from bridge.engine.window import Window, windows
from bridge.music.note import Note, Span, Voice

KEPT = 8
"""Windows whose bars are kept, so that asking again for what has not changed costs nothing and changes nothing."""
SLACK = 1e-6


class Barwise:
    """A family whose graph makes a window at once. A subclass says what a window's bars follow from, and makes them.

    What was made is kept as long as it follows from the same, so that a plan made anew does not flicker.
    """

    ahead = 0.0
    """Beats by which a note may begin before its window: more than 0 where a player is ahead of the beat."""

    def __init__(self, pack: Pack) -> None:
        self.card = pack.card
        self.memory = Memory()
        self._later: list[Heard] | None = None
        """What was heard while an answer is made; None while none is."""
        self._voices = frozenset(pack.card.voices)
        self._defaults = {knob.name: knob.default for knob in pack.card.knobs}
        self._made: OrderedDict[tuple[Window, tuple[Voice, ...]], tuple[Hashable, tuple[Note, ...]]] = OrderedDict()

    @abstractmethod
    def basis(self, window: Window, ask: Ask) -> Hashable:
        """All that a window's bars follow from: where it is the same, the bars are not made again."""

    @abstractmethod
    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        """The bars of a window for these voices, in stage beats, those before the span too. Raises EngineError."""

    @abstractmethod
    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""

    @property
    def remembered(self) -> list[dict[Any, Any]]:
        """What an answer leaves behind for those that follow. One that is left on the way leaves nothing behind: how
        far it got, no replay could know."""
        return [self._made]

    def hear(self, event: Heard) -> None:
        """Remember an event; an answer that is being made knows what was heard when it was begun, and no more."""
        if self._later is None:
            self.memory.hear(event)
        else:
            self._later.append(event)

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        self._catch_up()
        self._later = None
        self.memory.rewind(beat)
        self._made.clear()

    def making(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Generator[None, None, Sequence[Note]]:
        """`make` in pieces, for graphs that run several times: it yields where it may be left. Raises EngineError."""
        return self.make(window, ask, voices)
        yield

    def respond(self, ask: Ask) -> Iterator[Note]:
        """The asked voices' notes for the span, in time order. The same ask on the same memory gives the same notes.

        Raises EngineError.
        """
        for note in self.respond_in_pieces(ask):
            if note is not None:
                yield note

    def respond_in_pieces(self, ask: Ask) -> Iterator[Note | None]:
        """The same, with None wherever the family is still at work and may be left."""
        voices = tuple(voice for voice in ask.voices if voice in self._voices)
        if not voices or ask.span.end <= ask.span.start:
            return
        self._catch_up()
        later: list[Heard] = []
        self._later = later
        kept = [each.copy() for each in self.remembered]
        whole = False
        try:
            yield from self._answer(ask, voices)
            whole = True
        finally:
            if self._later is later:  # else it was left for another one
                self._catch_up()
                self._later = None
                if not whole:
                    for each, before in zip(self.remembered, kept, strict=True):
                        each.clear()
                        each.update(before)

    def _answer(self, ask: Ask, voices: tuple[Voice, ...]) -> Iterator[Note | None]:
        entry = None if ask.entry is None else max(ask.entry, ask.span.start)
        ringing = {(note.voice, note.pitch): note.end for note in ask.committed if note.beat < ask.span.start}
        for window in windows(Span(ask.span.start, ask.span.end + self.ahead), ask.meter, ask.song):
            bars = yield from self._bars(window, ask, voices)
            for note in bars:
                if note.beat not in ask.span or note.beat < ringing.get((note.voice, note.pitch), -1.0) - SLACK:
                    continue
                first = note.beat if entry is None else min(note.beat, entry)
                entry = None
                ringing[note.voice, note.pitch] = note.end
                yield Note(note.voice, first, note.end - first, note.pitch, note.velocity)

    def knob(self, ask: Ask, name: str) -> float:
        """A knob of the pack as the ask has it, else its default; within its range."""
        value = ask.knobs.get(name, self._defaults.get(name, 0.0))
        for knob in self.card.knobs:
            if knob.name == name:
                return min(max(value, knob.minimum), knob.maximum) if math.isfinite(value) else knob.default
        return value

    def _catch_up(self) -> None:
        """Remember what was heard meanwhile."""
        for event in self._later or ():
            self.memory.hear(event)
        if self._later:
            self._later.clear()

    def _bars(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Generator[None, None, tuple[Note, ...]]:
        key, basis = (window, voices), (self.basis(window, ask), ask.allowed, ask.seed)
        known = self._made.get(key)
        if known is not None and known[0] == basis:
            self._made.move_to_end(key)
            return known[1]
        made = yield from self.making(window, ask, voices)
        notes = [_in_scale(note, ask.allowed) for note in made if note.voice in voices]
        found = _untangled(sorted(notes, key=lambda note: (note.beat, note.voice, note.pitch)))
        self._made[key] = basis, found
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        return found


def whole(pieces: Generator[None, None, Sequence[Note]]) -> Sequence[Note]:
    """What a `making` comes to that nobody leaves on the way."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            made: Sequence[Note] = end.value
            return made


def _in_scale(note: Note, allowed: Sequence[int]) -> Note:
    """The note, or the nearest one (the lower of two) whose pitch class is allowed; drums as they are."""
    if not allowed or note.voice is Voice.DRUMS or note.pitch % 12 in allowed:
        return note
    for step in range(1, 7):
        for pitch in (note.pitch - step, note.pitch + step):
            if 0 <= pitch <= 127 and pitch % 12 in allowed:
                return Note(note.voice, note.beat, note.duration, pitch, note.velocity)
    return note


def _untangled(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Notes in order, of which none begins while one of its own pitch and voice sounds: that one is cut, or, where
    they begin together, the later one left out."""
    found: list[Note] = []
    last: dict[tuple[Voice, int], int] = {}
    for note in notes:
        key = note.voice, note.pitch
        if key in last:
            before = found[last[key]]
            if note.beat - before.beat < 1 / 24:
                continue
            if before.end > note.beat:
                found[last[key]] = Note(
                    before.voice, before.beat, note.beat - before.beat, before.pitch, before.velocity
                )
        last[key] = len(found)
        found.append(note)
    return tuple(found)
