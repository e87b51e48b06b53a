"""A phrase as numbers: what its voices do, in its key and meter, whoever made it. Plain Python: the engine asks too.

Every feature is what it is for usual phrases (`USUAL`) when it is 0, and seldom beyond 1 either way. One that a phrase
says nothing of, as the bass's of a phrase without bass, is 0 too.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from bridge.music.note import Note, Voice

VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
TOGETHER = 1 / 24
"""Beats within which onsets are one."""
PLACE = 1 / 12
"""Beats that an onset may lie off a place of the beat and still belong to it."""
LEAP = 4
"""Semitones beyond which a step is a leap."""
LOW_DRUMS = 41
"""The highest drum that counts as low: kicks and floor toms; above the snare it is cymbals and high drums."""
SNARES = frozenset((37, 38, 39, 40))
FARTHEST = 3.0
"""What a feature is at most."""


class Frame(msgspec.Struct, frozen=True):
    """Where a phrase lies: its first beat and length, what to add for the place in the song, bar and pulse in beats."""

    start: float
    beats: float
    song: float = 0.0
    bar: float = 4.0
    pulse: float = 1.0
    tonic: int | None = None
    """Pitch class of the tonic; None where it is not known."""


class Usual(msgspec.Struct, frozen=True, array_like=True):
    """What a feature usually is, and how far it usually strays from there."""

    centre: float
    scale: float


USUAL: Mapping[str, Usual] = {
    "lead density": Usual(1.17, 0.35),
    "lead off the beat": Usual(0.32, 0.24),
    "lead loudness": Usual(0.63, 0.08),
    "lead register": Usual(68.5, 6.0),
    "lead length": Usual(-0.35, 0.6),
    "lead leaps": Usual(0.14, 0.12),
    "lead repeats": Usual(0.16, 0.15),
    "lead rising": Usual(0.0, 0.2),
    "chords density": Usual(0.85, 0.3),
    "chords off the beat": Usual(0.37, 0.35),
    "chords loudness": Usual(0.58, 0.08),
    "chords register": Usual(63.0, 4.0),
    "chords length": Usual(-0.6, 1.15),
    "bass density": Usual(0.87, 0.36),
    "bass off the beat": Usual(0.18, 0.27),
    "bass loudness": Usual(0.7, 0.08),
    "bass register": Usual(38.0, 4.0),
    "bass length": Usual(0.0, 1.0),
    "bass leaps": Usual(0.4, 0.25),
    "bass repeats": Usual(0.26, 0.27),
    "bass rising": Usual(0.0, 0.25),
    "drums density": Usual(1.38, 0.48),
    "drums off the beat": Usual(0.34, 0.28),
    "drums loudness": Usual(0.59, 0.08),
    "drums cymbals": Usual(0.44, 0.3),
    "drums backbeat": Usual(0.4, 0.42),
    "degree 0": Usual(0.19, 0.1),
    "degree 1": Usual(0.01, 0.04),
    "degree 2": Usual(0.12, 0.09),
    "degree 3": Usual(0.07, 0.1),
    "degree 4": Usual(0.08, 0.1),
    "degree 5": Usual(0.1, 0.09),
    "degree 6": Usual(0.015, 0.045),
    "degree 7": Usual(0.19, 0.1),
    "degree 8": Usual(0.03, 0.06),
    "degree 9": Usual(0.09, 0.1),
    "degree 10": Usual(0.075, 0.095),
    "degree 11": Usual(0.025, 0.05),
    "polyphony": Usual(2.0, 1.1),
    "dynamics": Usual(0.08, 0.04),
    "sixteenths": Usual(0.08, 0.15),
    "triplets": Usual(0.025, 0.085),
    "rests": Usual(0.03, 0.08),
}
"""Means and deviations over 1200 phrases of the rule-based band and the melody pack, wider where bands vary more."""
NAMES = tuple(USUAL)
SIZE = len(NAMES)


def features(notes: Sequence[Note], frame: Frame) -> tuple[float, ...]:
    """The features [SIZE] of a phrase, in the order of `NAMES`."""
    found = measured(notes, frame)
    return tuple(_place(found.get(name), usual) for name, usual in USUAL.items())


def measured(notes: Sequence[Note], frame: Frame) -> dict[str, float]:
    """The features of a phrase in units of their own, as far as it says anything of them."""
    found: dict[str, float] = {}
    for voice in VOICES:
        own = sorted((note for note in notes if note.voice is voice), key=lambda note: (note.beat, note.pitch))
        if own:
            found |= {f"{voice.value} {name}": value for name, value in _of_voice(own, frame)}
    pitched = [note for note in notes if note.voice is not Voice.DRUMS]
    if pitched:
        found |= _of_harmony(pitched, frame)
    if notes:
        found |= _of_all(notes, frame)
    return found


def _of_voice(notes: Sequence[Note], frame: Frame) -> Iterator[tuple[str, float]]:
    """Features of one voice's notes, in time order."""
    onsets = _onsets(notes)
    drums = notes[0].voice is Voice.DRUMS
    yield "density", math.log2(1.0 + len(onsets) / frame.beats)
    yield "off the beat", sum(not _on(beat + frame.song, frame.pulse) for beat in onsets) / len(onsets)
    yield "loudness", sum(note.velocity for note in notes) / len(notes) / 127.0
    if drums:
        high = [note for note in notes if note.pitch > LOW_DRUMS and note.pitch not in SNARES]
        yield "cymbals", len(high) / len(notes)
        yield "backbeat", _backbeat(notes, frame)
        return
    yield "register", sum(note.pitch for note in notes) / len(notes)
    yield "length", math.log2(sum(note.duration for note in notes) / len(notes) + 0.05)
    if notes[0].voice is not Voice.CHORDS:
        steps = [then.pitch - now.pitch for now, then in pairwise(notes) if then.beat > now.beat + TOGETHER]
        if steps:
            yield "leaps", sum(abs(step) > LEAP for step in steps) / len(steps)
            yield "repeats", sum(step == 0 for step in steps) / len(steps)
            yield "rising", sum((step > 0) - (step < 0) for step in steps) / len(steps)


def _of_harmony(pitched: Sequence[Note], frame: Frame) -> dict[str, float]:
    total = sum(note.duration for note in pitched)
    found = {"polyphony": total / frame.beats}
    if frame.tonic is not None and total > 0:
        shares = [0.0] * 12
        for note in pitched:
            shares[(note.pitch - frame.tonic) % 12] += note.duration / total
        found |= {f"degree {degree}": share for degree, share in enumerate(shares)}
    return found


def _of_all(notes: Sequence[Note], frame: Frame) -> dict[str, float]:
    onsets = _onsets(notes)
    loud = [note.velocity / 127.0 for note in notes]
    mean = sum(loud) / len(loud)
    places = [(beat + frame.song) % 1.0 for beat in onsets]
    return {
        "dynamics": math.sqrt(sum((value - mean) ** 2 for value in loud) / len(loud)),
        "sixteenths": sum(_near(place, (0.25, 0.75)) for place in places) / len(places),
        "triplets": sum(_near(place, (1 / 3, 2 / 3)) for place in places) / len(places),
        "rests": _rests(notes, frame),
    }


def _onsets(notes: Sequence[Note]) -> list[float]:
    """The beats at which something begins."""
    found: list[float] = []
    for beat in sorted(note.beat for note in notes):
        if not found or beat > found[-1] + TOGETHER:
            found.append(beat)
    return found


def _on(beat: float, pulse: float) -> bool:
    into = beat % pulse
    return min(into, pulse - into) <= PLACE


def _near(place: float, others: Sequence[float]) -> bool:
    return any(abs(place - other) < PLACE / 2 + 1e-9 for other in others)


def _backbeat(notes: Sequence[Note], frame: Frame) -> float:
    """Share of the snare's strokes on every second pulse."""
    strokes = [note.beat + frame.song for note in notes if note.pitch in SNARES]
    if not strokes:
        return 0.0
    return sum(_on(beat % frame.bar + frame.pulse, 2 * frame.pulse) for beat in strokes) / len(strokes)


def _rests(notes: Sequence[Note], frame: Frame) -> float:
    """Share of the eighths in which nothing sounds."""
    slots = max(round(frame.beats * 2), 1)
    sounding = [False] * slots
    for note in notes:
        first = int((note.beat - frame.start) * 2 + 1e-6)
        last = int((note.end - frame.start) * 2 - 1e-6)
        for slot in range(max(first, 0), min(last, slots - 1) + 1):
            sounding[slot] = True
    return 1.0 - sum(sounding) / slots


def _place(value: float | None, usual: Usual) -> float:
    """Where a value lies beside what is usual; 0 for one that is not known."""
    if value is None or not math.isfinite(value):
        return 0.0
    return min(max((value - usual.centre) / (2.0 * usual.scale), -FARTHEST), FARTHEST)
