"""The vamp: what the band plays by rule while there is no model, or no music yet for one to go on.

A figure of one bar over I-vi-IV-V (i-VI-iv-v in minor scales), one chord a bar; every note follows from
(key, bar, seed) alone, so a vamp that is asked for again is the same.
"""

import random
from collections.abc import Sequence

from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice

DEGREES = (0, 5, 3, 4)
"""Scale degrees of the roots, one a bar."""

FIGURES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 1), (1, 0.5), (1.5, 0.5), (2, 1), (3, 1)),
    ((0, 1.5), (1.5, 0.5), (2, 0.5), (2.5, 0.5), (3, 1)),
    ((0, 0.5), (0.5, 0.5), (1, 1), (2, 1.5), (3.5, 0.5)),
    ((0, 1), (1, 1), (2, 2)),
)
"""Rhythms of a bar for the lead: (onset, duration) in quarters of the bar's four parts."""

WALK = (0, 1, 2, 1, 2, 3, 2, 4, 2, 1)
"""Steps above the chord's root that the lead walks through."""


def vamp(voice: Voice, span: Span, key: Key, meter: Meter, song: float, register: float, seed: int = 0) -> list[Note]:
    """Notes of one voice in a span of stage beats. `song` is song position minus stage beat."""
    notes: list[Note] = []
    bar = int((span.start + song) // meter.bar)
    while (start := bar * meter.bar - song) < span.end:
        for note in _bar(voice, bar, start, key, meter, register, seed):
            if note.beat in span:
                notes.append(note)
        bar += 1
    return notes


def _bar(voice: Voice, bar: int, start: float, key: Key, meter: Meter, register: float, seed: int) -> list[Note]:
    degree = DEGREES[bar % len(DEGREES)]
    match voice:
        case Voice.LEAD:
            return _lead(bar, start, degree, key, meter, register, seed)
        case Voice.CHORDS:
            low = nearest(key, degree, 55)
            pitches = [step(key, low, offset) for offset in (0, 2, 4)]
            return [Note(voice, start, meter.bar * 0.95, pitch, 62) for pitch in pitches]
        case Voice.BASS:
            root = nearest(key, degree, 40)
            half = meter.bar / 2
            return [Note(voice, start, half * 0.9, root, 84), Note(voice, start + half, half * 0.9, root, 72)]
        case Voice.DRUMS:
            return _drums(start, meter)
        case _:
            return []


def _lead(bar: int, start: float, degree: int, key: Key, meter: Meter, register: float, seed: int) -> list[Note]:
    chance = random.Random(f"{seed}:{bar}")
    figure = FIGURES[chance.randrange(len(FIGURES))]
    walk = chance.randrange(len(WALK))
    root = nearest(key, degree, register)
    stretch = meter.bar / 4.0
    notes = []
    for index, (onset, duration) in enumerate(figure):
        pitch = step(key, root, WALK[(walk + index) % len(WALK)]) if index else root
        accent = 88 if onset == 0 else 74
        notes.append(Note(Voice.LEAD, start + onset * stretch, duration * stretch * 0.9, pitch, accent))
    return notes


def _drums(start: float, meter: Meter) -> list[Note]:
    beats = int(meter.bar)
    kicks = [Note(Voice.DRUMS, start + beat, 0.2, 36, 92) for beat in range(0, beats, 2)]
    snares = [Note(Voice.DRUMS, start + beat, 0.2, 38, 80) for beat in range(1, beats, 2)]
    hats = [Note(Voice.DRUMS, start + i / 2, 0.2, 42, 58 if i % 2 else 70) for i in range(beats * 2)]
    return sorted(kicks + snares + hats, key=lambda note: note.beat)


def nearest(key: Key, degree: int, around: float) -> int:
    """The pitch of a scale degree (from 0, wrapping) that lies nearest to a MIDI pitch."""
    classes = key.pitch_classes
    wanted = classes[degree % len(classes)]
    centre = round(around)
    return min((p for p in range(centre - 6, centre + 7) if p % 12 == wanted), key=lambda p: abs(p - around))


def step(key: Key, pitch: int, degrees: int) -> int:
    """The pitch so many scale degrees above (or below) a pitch of the scale, kept within 0-127."""
    classes: Sequence[int] = key.pitch_classes
    direction = 1 if degrees >= 0 else -1
    left = abs(degrees)
    while left and 0 < pitch < 127:
        pitch += direction
        left -= pitch % 12 in classes
    return pitch
