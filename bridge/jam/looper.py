"""The looper: bars that the band repeats, note for note, until it is let go on; some of them can be made anew."""

import math
from collections.abc import Callable, Collection

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.errors import SettingsError
from bridge.jam.horizon import LOOKAHEAD
from bridge.jam.phrase import Phrase
from bridge.jam.plan import Plan
from bridge.jam.section import HANDING_OVER, Moment
from bridge.music.note import Note, Span, Voice

OWN = "band"
"""What is repeated where it is no slot's phrase but the band's own."""
DEEPEST = 16
"""Loops that can be gone back to."""


class Loop(msgspec.Struct, frozen=True):
    """A phrase that is repeated. `origin` is a song beat at which its first bar begins."""

    phrase: Phrase
    origin: float
    name: str = OWN
    """The slot that it comes from, or `OWN`."""
    source: Span | None = None
    """Where the band played it first, in stage beats; None where it comes from a slot."""


class Anew(msgspec.Struct):
    """Bars of the loop that are being made anew: `start` is the stage beat of the loop's first bar in that lap."""

    ask: Ask
    start: float
    asked: float
    notes: list[Note]


class Looper:
    """Has the voices of the loop from stage beat `start` to `end`; the plan before and behind is the sections'.

    `shape` makes of a note that is kept what the knobs want.
    """

    def __init__(self, plan: Plan, shape: Callable[[Note], Note]) -> None:
        self._plan = plan
        self._shape = shape
        self.loop: Loop | None = None
        self.start = self.end = math.inf
        self._filled = -math.inf
        self._off: frozenset[Voice] = frozenset()
        self._before: list[Loop] = []
        self.pending: list[Anew] = []
        """Asks that have not been answered whole."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that are no section's as long as they repeat."""
        return self.loop.phrase.voices if self.loop is not None and self.end == math.inf else ()

    def play(self, loop: Loop, start: float, going_back: bool = False) -> None:
        """Repeat something from a stage beat on, which must lie behind the commit line; what was planned gives way."""
        if self.loop is not None and not going_back:
            self._before.append(self.loop)
            del self._before[:-DEEPEST]
        gone = () if self.loop is None or self.end < math.inf else self.loop.phrase.voices
        for voice in dict.fromkeys((*gone, *loop.phrase.voices)):
            self._plan.withdraw(voice, start)
        self.loop, self.start, self.end, self._filled = loop, start, math.inf, start
        self.pending.clear()

    def let_go(self, end: float) -> tuple[Voice, ...]:
        """Repeat nothing from a stage beat on; returns the voices that are free from there."""
        voices = self.voices
        for voice in voices:
            self._plan.withdraw(voice, end)
            self._plan.fill(voice, end)
        self.end = end
        self._before.clear()
        self.pending.clear()
        return voices

    def earlier(self) -> Loop | None:
        """The loop that was there before this one, which is forgotten; None where there was none."""
        return self._before.pop() if self._before else None

    def step(self, now: Moment, line: float) -> None:
        """Keep the plan filled from `line`, the stage beat before which nothing can be changed any more."""
        if self.loop is None:
            return
        if now.beat >= self.end:
            self.loop = None
            return
        start, end = max(self._filled, self.start), min(max(line, self.start) + LOOKAHEAD, self.end)
        if end - start >= 1.0 or end == self.end > start:
            self._plan.add(*map(self._shape, self.within(Span(start, end), now.map)))
            self._filled = end

    def within(self, span: Span, map: TempoMap) -> tuple[Note, ...]:
        """What is repeated in a span of stage beats, as it was kept."""
        if self.loop is None:
            return ()
        start, end = max(span.start, self.start), min(span.end, self.end)
        notes = self.loop.phrase.between(Span(start, end), self.loop.origin - map.song)
        return tuple(note for note in notes if note.voice not in self._off)

    def around(self, span: Span, map: TempoMap) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
        """What stands before a span of the loop and from its start on, to where it comes round again."""
        if self.loop is None:
            return (), ()
        phrase, origin = self.loop.phrase, self.loop.origin - map.song
        rest = phrase.beats - (span.end - span.start)
        before = phrase.between(Span(span.start - rest, span.start), origin)
        return before, phrase.between(Span(span.start, span.end + rest), origin)

    def switch(self, off: Collection[Voice], line: float) -> None:
        """These voices are switched off: they are silent at once; others come in again from `line` on."""
        gone, back = set(off) - self._off, self._off - set(off)
        self._off = frozenset(off)
        for voice in (voice for voice in self.voices if voice in gone):
            self._plan.withdraw(voice, -math.inf, hush=True)
        if back & set(self.voices):
            self.renew(line)

    def renew(self, after: float) -> None:
        """The knobs were turned: what lies at or after a stage beat is shaped anew."""
        if self.loop is not None and after < self._filled:
            after = max(after, self.start)
            for voice in self.loop.phrase.voices:
                self._plan.withdraw(voice, after)
            self._filled = after

    def forget(self) -> None:
        """Nothing is repeated any more."""
        self.loop = None
        self._before.clear()
        self.pending.clear()

    def jump(self, start: float) -> None:
        """The music jumped, and nothing is planned any more: what is repeated goes on from a stage beat."""
        self.pending.clear()
        self._filled = -math.inf
        self.start = start
        if self.end < math.inf:
            self.loop = None

    def lap(self, first: int, last: int, line: float, map: TempoMap) -> tuple[Span, Span]:
        """Where bars `first` to `last` of the loop come up next behind the commit line, and the lap they are in.

        Raises SettingsError where nothing is repeated, or not so many bars.
        """
        if self.loop is None or self.end < math.inf:
            raise SettingsError("the band repeats nothing: freeze it, or play a slot, and then fill in bars")
        phrase = self.loop.phrase
        if not 1 <= first <= last <= phrase.bars:
            raise SettingsError(f"the band repeats bars 1 to {phrase.bars}; {first} to {last} are none of them")
        into = (first - 1) * phrase.bar
        origin = self.loop.origin - map.song
        start = origin + phrase.beats * math.ceil((max(line, self.start) - origin - into) / phrase.beats - 1e-9)
        end = start + (last * phrase.bar if last < phrase.bars else phrase.beats)
        return Span(start + into, end), Span(start, start + phrase.beats)

    def ask(self, ask: Ask, start: float, seconds: float) -> None:
        """Bars are being made anew, in the lap that begins at stage beat `start`."""
        self.pending = [old for old in self.pending if not set(old.ask.voices) & set(ask.voices)]
        self.pending.append(Anew(ask, start, seconds, []))

    def note(self, id: int, note: Note) -> None:
        """A note of an answer came in."""
        for anew in self.pending:
            if anew.ask.id == id:
                anew.notes.append(note)

    def answered(self, id: int, now: Moment, line: float) -> bool:
        """An answer is whole: its bars take the place of those that stood there. False for an answer of others."""
        anew = next((anew for anew in self.pending if anew.ask.id == id), None)
        if anew is None or self.loop is None:
            return False
        self.pending.remove(anew)
        span, voices = anew.ask.span, anew.ask.voices
        where = Span(span.start - anew.start, span.end - anew.start)
        new = [msgspec.structs.replace(note, beat=note.beat - anew.start) for note in anew.notes]
        phrase = self.loop.phrase.replaced(where, voices, new)
        if not anew.notes or not phrase.notes:
            return True
        self._before.append(self.loop)
        self.loop = msgspec.structs.replace(self.loop, phrase=phrase)
        self.renew(max(line, now.beat + HANDING_OVER * now.bpm / 60.0))
        return True

    def failed(self, id: int) -> bool:
        """An ask will not be answered: what stands stays. False for an ask of others."""
        before = len(self.pending)
        self.pending = [anew for anew in self.pending if anew.ask.id != id]
        return len(self.pending) < before
