"""Phrases: whole bars of music that can be kept, repeated, and handed to a model as material."""

import math
from collections.abc import Collection, Iterable, Sequence

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Material
from bridge.music.note import Note, Span, Voice

PICKUP = 1.0
"""Beats before a bar line in which a first note is an upbeat to the next bar."""
EARLY = 0.125
"""Beats before a bar line in which a note is meant for it: fingers are early."""
LARGEST = 512.0
"""Beats of a phrase at most."""
SAME = 1e-6
"""Beats within which two positions are one."""
SHORTEST = 0.05
"""Beats that a note is cut to at least."""


class Phrase(msgspec.Struct, frozen=True):
    """Notes with onsets in beats from the first bar line, `0 <= beat < beats`, in time order.

    An upbeat stands at the end, where it leads to the repeat.
    """

    notes: tuple[Note, ...]
    beats: float
    """Its length: so many whole bars."""
    bar: float = 4.0
    """Length of a bar in beats."""
    upbeat: float = 0.0
    """Beats before the first bar line at which it was begun."""

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return max(round(self.beats / self.bar), 1)

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that have notes in it, each once."""
        return tuple(dict.fromkeys(note.voice for note in self.notes))

    def between(self, span: Span, origin: float) -> tuple[Note, ...]:
        """What sounds in a span of stage beats where the phrase is repeated without end, a first bar line at `origin`.

        In time order, onsets in stage beats.
        """
        if not span.start < span.end:
            return ()
        first = math.floor((span.start - SAME - origin) / self.beats)
        last = math.floor((span.end - origin) / self.beats)
        passes = (origin + count * self.beats for count in range(first, last + 1))
        moved = (msgspec.structs.replace(note, beat=note.beat + start) for start in passes for note in self.notes)
        near = Span(span.start - SAME, span.end - SAME)
        return tuple(note for note in moved if note.beat in near)

    def fitted(self, beats: float) -> "Phrase":
        """The phrase repeated, or cut, to another length."""
        if abs(beats - self.beats) < 1e-9:
            return self
        notes = self.between(Span(0.0, beats), 0.0)
        return Phrase(tuple(_within(note, beats) for note in notes), beats, self.bar, self.upbeat)

    def replaced(self, span: Span, voices: Collection[Voice], notes: Iterable[Note]) -> "Phrase":
        """The phrase with other notes of some voices in a span of it, in beats from its first bar line."""
        near = Span(span.start - SAME, span.end - SAME)
        stay = [note for note in self.notes if note.beat not in near or note.voice not in voices]
        new = [_within(note, self.beats) for note in notes if note.beat in near and note.voice in voices]
        return msgspec.structs.replace(self, notes=_in_order([*stay, *new]))


def sane(phrase: Phrase) -> bool:
    """Whether a phrase from outside can be played: whole bars, and notes that MIDI has, within them."""
    whole = 0.0 < phrase.bar <= phrase.beats <= LARGEST and abs(phrase.beats / phrase.bar % 1.0) < 1e-6
    return whole and all(
        0.0 <= note.beat < phrase.beats
        and 0.0 < note.duration <= phrase.beats
        and 0 <= note.pitch <= 127
        and 1 <= note.velocity <= 127
        for note in phrase.notes
    )


def home_bar(first: float, map: TempoMap) -> float:
    """The bar line, in stage beats, that a phrase belongs to which begins at `first`: an upbeat to the next one."""
    bar = map.next_bar(first)
    return bar - map.meter.bar if bar - first > PICKUP else bar


def cut(notes: Sequence[Note], map: TempoMap, most: int) -> Phrase | None:
    """The phrase that notes make, given in stage beats and in time order: of more than `most` bars, the last ones.

    None where there are no notes.
    """
    if not notes:
        return None
    bar = map.meter.bar
    start = home_bar(notes[0].beat, map)
    bars = max(math.floor((notes[-1].beat + EARLY - start) / bar) + 1, 1)
    if bars > most:
        start += (bars - most) * bar
        notes = [note for note in notes if note.beat >= start - EARLY]
    upbeat = start - notes[0].beat
    if upbeat <= EARLY:
        return placed(notes, start, min(bars, most) * bar, bar)
    # An upbeat that would fall on the phrase's own end has a bar to itself.
    bars += notes[-1].beat > start + bars * bar - upbeat - EARLY
    return placed(notes, start, bars * bar, bar, upbeat)


def placed(notes: Iterable[Note], origin: float, beats: float, bar: float, upbeat: float = 0.0) -> Phrase:
    """Notes in stage beats on a round of `beats` beats that has its first bar line at `origin`."""
    moved = (msgspec.structs.replace(note, beat=(note.beat - origin) % beats) for note in notes)
    # A remainder of next to nothing below zero is rounded up to the divisor.
    fitting = (_within(note if note.beat < beats else msgspec.structs.replace(note, beat=0.0), beats) for note in moved)
    return Phrase(_in_order(fitting), beats, bar, upbeat)


def material(
    phrase: Phrase,
    origin: float,
    bar: float,
    voices: Collection[Voice],
    other: Phrase | None = None,
    blend: float = 0.0,
    keep: tuple[str, ...] = (),
) -> Material:
    """A phrase, and another one to go towards, as material for `voices`, in whole bars of `bar` beats.

    Of a phrase of several voices those that are asked for count, where it has them. What was played just before the
    first bar line stands on it.
    """
    longest = max(phrase.beats, other.beats if other is not None else 0.0)
    beats = max(math.ceil(longest / bar - 1e-9), 1) * bar
    return Material(
        phrase=_said(phrase, beats, voices),
        beats=beats,
        origin=origin,
        other=() if other is None else _said(other, beats, voices),
        blend=blend,
        keep=keep,
    )


def _said(phrase: Phrase, beats: float, voices: Collection[Voice]) -> tuple[Note, ...]:
    notes = phrase.fitted(beats).notes
    own = [note for note in notes if note.voice in voices] or notes
    return _in_order(note if note.beat < beats - EARLY else msgspec.structs.replace(note, beat=0.0) for note in own)


def _within(note: Note, beats: float) -> Note:
    """A note that ends where the phrase does."""
    left = max(beats - note.beat, SHORTEST)
    return note if note.duration <= left else msgspec.structs.replace(note, duration=left)


def _in_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: (note.beat, note.voice, note.pitch)))
