"""A tune by rule over a band by rule: a small motif that returns, chord notes on the beats and steps between them."""

import random

from bridge.music.arranger import Bar
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Note, Voice

RHYTHMS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 2), (2, 2)),
    ((0, 1), (1, 1), (2, 2)),
    ((0, 1.5), (1.5, 0.5), (2, 1), (3, 1)),
    ((0, 1), (1, 0.5), (1.5, 0.5), (2, 1), (3, 1)),
    ((0, 0.5), (0.5, 0.5), (1, 1), (2, 0.5), (2.5, 0.5), (3, 1)),
    ((0, 0.5), (0.5, 1), (1.5, 0.5), (2, 0.5), (2.5, 0.5), (3, 0.5), (3.5, 0.5)),
)
"""Rhythms of a bar in its four parts, from calm to busy: (onset, length)."""
FORM = "aabaaabc"
"""Which motif each bar of a phrase takes."""
RANGE = (58, 84)
REST = 0.85
"""Share of a note's length that it sounds."""


def tune(
    bar: Bar, density: float = 0.5, register: float = 70.0, before: int | None = None, seed: int = 0
) -> tuple[list[Note], int | None]:
    """The lead's notes of a bar (beats from its bar line) and the pitch they end on. Silent where no chord is."""
    letter = FORM[bar.number % len(FORM)]
    motif = random.Random(f"{seed}:{bar.number // 32}:{letter}")
    index = round(density * (len(RHYTHMS) - 1) + motif.uniform(-0.8, 0.8))
    rhythm = RHYTHMS[min(max(index, 0), len(RHYTHMS) - 1)]
    stretch = bar.meter.bar / 4
    notes: list[Note] = []
    pitch = before
    for onset, length in rhythm if letter != "c" else RHYTHMS[1]:
        beat = onset * stretch
        chord = next((c.chord for c in reversed(bar.chords) if c.beat <= beat + 1e-6), None)
        step = motif.choice((-2, -1, -1, 0, 1, 1, 2))
        if chord is None:
            continue
        pitch = _pitch(chord, bar.key, pitch, step, register, onset % 2 == 0 or length >= 1.5)
        notes.append(Note(Voice.LEAD, beat, length * stretch * REST, pitch, 90 if onset == 0 else 78))
    return notes, pitch


def _pitch(chord: Chord, key: Key, before: int | None, step: int, register: float, strong: bool) -> int:
    """A chord note on a strong place, else a note of the scale, near where the motif's step leads."""
    aim = register if before is None else before + 2 * step + 0.2 * (register - before)
    tones = set(chord.pitch_classes) if strong else set(key.pitch_classes) | set(chord.pitch_classes)
    options = [pitch for pitch in range(*RANGE) if pitch % 12 in tones]
    return min(options, key=lambda pitch: (abs(pitch - aim) + (0.8 if pitch == before else 0.0), pitch))
