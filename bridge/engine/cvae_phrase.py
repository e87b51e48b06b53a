"""What a window of the conditional VAE is made from: the notes that are known of it, and phrases laid into it."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_rolls import BEATS, FIRST, HOLD, REST, VOICES, Rolls, rolls
from bridge.engine.family import Material
from bridge.engine.window import Window, cells
from bridge.music.note import Note, Span, Voice

Floats = NDArray[np.float32]

LEAN = 10.0
"""Nats by which a pitch class is likelier that a phrase has all its time in."""


def read(notes: Iterable[Note], window: Window, semitones: int) -> Rolls:
    """The rolls of notes that begin in a window, by voice, the pitched ones so many semitones higher."""
    voices: dict[Voice, list[Note]] = {}
    for note in notes:
        voices.setdefault(note.voice, []).append(note)
    return rolls({voice: cells(found, window) for voice, found in voices.items()}, semitones)


def laid(phrase: Sequence[Note], material: Material, window: Window) -> list[Note]:
    """The notes of a phrase where they fall in a window, the phrase repeated from its origin on both ways."""
    if material.beats <= 0:
        return []
    span = window.span
    turn = math.floor((span.start - material.origin) / material.beats + 1e-9)
    found = []
    while material.origin + turn * material.beats < span.end - 1e-9:
        start = material.origin + turn * material.beats
        moved = (Note(note.voice, start + note.beat, note.duration, note.pitch, note.velocity) for note in phrase)
        found += [note for note in moved if note.beat in span]
        turn += 1
    return sorted(found, key=lambda note: (note.beat, note.voice, note.pitch))


def known_cells(window: Window, known: dict[Voice, float]) -> Floats:
    """[8, 4] 1 where a voice is known: at the whole beats before the stage beat that is given for it."""
    found = np.zeros((BEATS, len(VOICES)), np.float32)
    for voice, until in known.items():
        count = min(max(math.floor(until - window.start + 1e-6), 0), math.ceil(window.beats))
        found[:count, VOICES.index(voice)] = 1.0
    return found


def voices_of(notes: Iterable[Note]) -> frozenset[Voice]:
    """The voices that notes are of."""
    return frozenset(note.voice for note in notes)


def inside(notes: Iterable[Note], span: Span, voices: Collection[Voice]) -> Iterator[Note]:
    """The notes of some voices that begin in a span."""
    return (note for note in notes if note.voice in voices and note.beat in span)


def rhythm(made: Rolls) -> NDArray[np.uint8]:
    """[32] what a phrase does at each step: REST, HOLD or FIRST (something begins), of all its pitched voices, or of
    its drums where it has no others."""
    begins = (made.lead >= FIRST) | (made.bass >= FIRST) | (made.chords == 2).any(1)
    holds = (made.lead == HOLD) | (made.bass == HOLD) | (made.chords == 1).any(1)
    if not begins.any():
        begins = made.drums.any(1)
    return np.where(begins, FIRST, np.where(holds, HOLD, REST)).astype(np.uint8)


def lean(notes: Iterable[Note], semitones: int) -> Floats:
    """[12] nats by which each pitch class of a phrase, in C, is to be likelier: more where it sounds longer."""
    weights = np.zeros(12, np.float32)
    for note in notes:
        if note.voice is not Voice.DRUMS:
            weights[(note.pitch + semitones) % 12] += note.duration
    total = float(weights.sum())
    found: Floats = np.float32(LEAN) * np.sqrt(weights / np.float32(total)) if total > 0 else weights
    return found
