"""Where a window's music comes from: the two windows before it, or the phrases that an ask brings."""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

import msgspec

from bridge.engine.family import Ask, Material
from bridge.engine.memory import Memory
from bridge.engine.theory_key import mode_of, scale_of, shift_to_white
from bridge.engine.theory_layout import VOICES, Shape
from bridge.engine.window import Window
from bridge.music.chord import Chord, ChordAt
from bridge.music.note import Note, Span, Voice

Parts = Mapping[Voice, tuple[Note, ...]]
EARLY = 0.125
"""Beats before a window in which a note counts to it."""
FEWEST = 2
"""Notes of the lead without which a window is no answer to look for."""


class Source(msgspec.Struct, frozen=True):
    """Notes of two windows, in stage beats, and which of them a window is made from."""

    shape: Shape
    half: int
    parts: Parts

    @property
    def empty(self) -> bool:
        """Whether there is nothing to go on."""
        return not any(self.parts.values())


def heard(memory: Memory, window: Window, ask: Ask) -> Source:
    """The two windows before one, from what was played and what is sure to be; a silent one is like the other."""
    second = window.before()
    first = second.before()
    span = Span(first.start - EARLY, window.start - EARLY)
    parts = {voice: tuple(_band(memory, ask, span, voice)) for voice in VOICES}
    player = memory.player(span)
    # What the player plays is the tune; the band's own lead fills the bars in between.
    played = {math.floor((note.beat - first.start + EARLY) / second.beats) for note in player}
    own = [n for n in parts[Voice.LEAD] if math.floor((n.beat - first.start + EARLY) / second.beats) not in played]
    parts[Voice.LEAD] = tuple(sorted([*player, *own], key=lambda note: (note.beat, note.pitch)))
    return Source(Shape(first), 0, _filled(parts, first.start, second.beats))


def lately(memory: Memory, window: Window, ask: Ask) -> tuple[Note, ...]:
    """What the player has played in a window up to the last beat, where the band only accompanies."""
    if Voice.LEAD in ask.voices:
        return ()
    until = math.floor(ask.span.start if ask.now is None else ask.now)
    return tuple(memory.player(Span(window.start - EARLY, min(float(until), window.span.end) - EARLY)))


def brought(material: Material, window: Window, half: int | None = None, other: bool = False) -> Source:
    """A phrase of the material, repeated without end, as it lies in a window and the one beside it."""
    number = math.floor((window.start - material.origin) / window.beats + 1e-6)
    half = number % 2 if half is None else half
    first = window if half == 0 else window.before()
    notes = material.other if other else material.phrase
    span = Span(first.start - 1e-6, first.start + 2 * first.beats - 1e-6)
    parts: dict[Voice, list[Note]] = {voice: [] for voice in VOICES}
    if material.beats > 0:
        low = math.floor((span.start - material.origin) / material.beats) - 1
        for count in range(low, math.floor((span.end - material.origin) / material.beats) + 1):
            start = material.origin + count * material.beats
            for note in notes:
                if note.voice in parts and note.beat + start in span:
                    parts[note.voice].append(msgspec.structs.replace(note, beat=note.beat + start))
    return Source(Shape(first), half, {voice: tuple(sorted(own, key=_order)) for voice, own in parts.items()})


def key_of(ask: Ask, parts: Parts) -> tuple[int, int]:
    """Semitones to the white keys, and the mode: of the key that is told, else of what the notes speak for."""
    scale = ask.key or scale_of(note for own in parts.values() for note in own)
    return shift_to_white(scale), mode_of(scale)


def chord_track(chords: Sequence[ChordAt]) -> Callable[[float], Chord | None]:
    """The chord that is told for a beat; None where none is."""
    beats = [at.beat for at in chords]

    def at(beat: float) -> Chord | None:
        index = bisect_right(beats, beat) - 1
        return chords[index].chord if index >= 0 else None

    return at


def _band(memory: Memory, ask: Ask, span: Span, voice: Voice) -> list[Note]:
    """The band's notes of a voice in a span, sounded or sure to be, each once."""
    found = {(round(n.beat * 96), n.pitch): n for n in ask.committed if n.voice is voice and n.beat in span}
    found |= {(round(n.beat * 96), n.pitch): n for n in memory.band(span, (voice,))}
    return sorted(found.values(), key=_order)


def _filled(parts: Parts, start: float, beats: float) -> Parts:
    """Each voice in both windows: where it is silent in one, it is there as in the other."""
    found: dict[Voice, tuple[Note, ...]] = {}
    middle = start + beats - EARLY
    for voice, notes in parts.items():
        early = [note for note in notes if note.beat < middle]
        late = [note for note in notes if note.beat >= middle]
        least = FEWEST if voice is Voice.LEAD else 1
        if len(early) < least <= len(late):
            early = [msgspec.structs.replace(note, beat=note.beat - beats) for note in late]
        elif len(late) < least <= len(early):
            late = [msgspec.structs.replace(note, beat=note.beat + beats) for note in early]
        found[voice] = tuple([*early, *late])
    return found


def _order(note: Note) -> tuple[float, int]:
    return note.beat, note.pitch
