"""The queue of asks: which one is worked on next, and what it is told of those before it.

Voices of one set take turns in the order drums, bass, chords, lead, each told what the earlier ones will play. But
nobody waits for a voice that is well ahead: the ask whose music is needed first, in beats, comes first, note by note.
"""

from collections.abc import Callable

import msgspec

from bridge.engine.answer import Answer
from bridge.engine.family import Ask
from bridge.music.note import BAND, Note, Span

AHEAD = 4.0
"""Beats by which an earlier voice's answer is ahead when a later voice stops waiting for it to end."""
FRESH = 0.25
"""Seconds for which an answer that has ended is told to others: from then on the desk knows of it."""

_RANK = {voice: rank for rank, voice in enumerate(BAND)}


class Entry(msgspec.Struct, eq=False):
    """An ask in the queue, with what was made for it so far."""

    ask: Ask
    pack: str
    answer: Answer | None = None
    notes: list[Note] = []
    heard: int = 0
    """The last ear that it knows of."""

    @property
    def rank(self) -> int:
        """Its place in the order of voices."""
        return min((_RANK.get(voice, len(BAND)) for voice in self.ask.voices), default=len(BAND))

    @property
    def need(self) -> float:
        """The stage beat at which its next note is needed."""
        return max(self.ask.span.start, self.notes[-1].beat) if self.notes else self.ask.span.start

    def overlaps(self, other: "Entry") -> bool:
        """Whether both are for some of the same beats."""
        mine, theirs = self.ask.span, other.ask.span
        return mine.start < theirs.end and theirs.start < mine.end


class Asks:
    """Asks that wait or are under way. `alone` says of a pack's name that it makes one answer at a time."""

    def __init__(self, alone: Callable[[str], bool]) -> None:
        self._alone = alone
        self._open: list[Entry] = []
        self._ended: list[tuple[float, Entry]] = []

    def __len__(self) -> int:
        return len(self._open)

    def put(self, ask: Ask, pack: str) -> Entry:
        """Queue an ask; those that share a voice with it are ended."""
        for other in [other for other in self._open if set(other.ask.voices) & set(ask.voices)]:
            self.drop(other)
        start, voices = ask.span.start, set(ask.voices)
        for _, ended in self._ended:
            ended.notes = [note for note in ended.notes if note.voice not in voices or note.beat < start]
        entry = Entry(ask, pack)
        self._open.append(entry)
        return entry

    def cancel(self, id: int) -> None:
        """Nobody waits for this ask any more, and what was made for it will not be played."""
        for entry in [entry for entry in self._open if entry.ask.id == id]:
            self.drop(entry)
        self._ended = [(at, entry) for at, entry in self._ended if entry.ask.id != id]

    def of_pack(self, pack: str) -> list[Entry]:
        """The asks that a pack owes an answer."""
        return [entry for entry in self._open if entry.pack == pack]

    def drop(self, entry: Entry) -> None:
        """Take an ask out of the queue; what was made for it does not count."""
        self._open.remove(entry)
        if entry.answer is not None:
            entry.answer.close()

    def end(self, entry: Entry, now: float) -> None:
        """An ask has been answered whole, at `now` in seconds; what was made for it is told to others for a while."""
        self._open.remove(entry)
        self._ended = [(at, ended) for at, ended in self._ended if now - at <= FRESH]
        self._ended.append((now, entry))

    def next(self) -> Entry | None:
        """The ask to make a note for."""
        ready = [entry for entry in self._open if not self._waits(entry)]
        return min(ready, key=lambda entry: (entry.need, entry.rank, entry.ask.id), default=None)

    def beside(self, entry: Entry, now: float) -> tuple[Note, ...]:
        """What an ask is to know of other voices in its span: what it says itself, and what was made just now."""
        told = set(entry.ask.beside)
        others = [(other, other.need) for other in self._open if other is not entry and other.notes]
        others += [(ended, ended.ask.span.end) for at, ended in self._ended if now - at <= FRESH]
        for other, until in others:
            made = Span(other.ask.span.start, until)
            told = {note for note in told if note.voice not in other.ask.voices or note.beat not in made}
            told.update(note for note in other.notes if note.beat in entry.ask.span)
        mine = entry.ask.voices
        return tuple(sorted((n for n in told if n.voice not in mine), key=lambda n: (n.beat, n.voice, n.pitch)))

    def _waits(self, entry: Entry) -> bool:
        """Whether an ask is not to be begun yet; one that is under way waits for nobody."""
        if entry.answer is not None:
            return False
        for other in self._open:
            if other is entry:
                continue
            if other.pack == entry.pack and other.answer is not None and self._alone(entry.pack):
                return True
            if other.rank < entry.rank and other.overlaps(entry) and other.need <= entry.need + AHEAD:
                return True
        return False
