"""The critic: which of several answers is the best music, by rules that any musician would put first.

Each rule looks at an answer in its scene and gives 0 (bad) to 1 (good); the critic's score is their weighted mean. A
rule that has nothing to go on gives None and does not count.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from bridge.engine.family import Heard, Pressed, Released
from bridge.music.chord import ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice
from bridge.taste.features import SIZE, Frame, features
from bridge.taste.liking import Taste


class Scene(msgspec.Struct, frozen=True):
    """What an answer is heard in."""

    span: Span
    heard: tuple[Heard, ...] = ()
    """The player's events before the span, in time order."""
    band: tuple[Note, ...] = ()
    """The band's notes before the span, and other voices' in it."""
    key: tuple[int, ...] = ()
    chords: tuple[ChordAt, ...] = ()
    meter: Meter = Meter()
    song: float = 0.0
    voices: tuple[Voice, ...] = ()
    """Who was asked; empty where that is not known."""

    def held(self) -> tuple[int, ...]:
        """Pitches that the player holds at the start of the span, or the last that was played."""
        down: dict[int, None] = {}
        last: int | None = None
        for event in self.heard:
            if isinstance(event, Pressed):
                down[event.pitch] = None
                last = event.pitch
            elif isinstance(event, Released):
                down.pop(event.pitch, None)
        return tuple(down) or (() if last is None else (last,))

    def weight(self, beat: float) -> float:
        """How strong a place in the bar is: 1 on the bar line, less on beats, least between them."""
        place = (beat + self.song) % self.meter.bar
        if min(place, self.meter.bar - place) < 0.05:
            return 1.0
        pulse = place % self.meter.pulse
        return 0.6 if min(pulse, self.meter.pulse - pulse) < 0.05 else 0.25


Critic = Callable[[Sequence[Note], Scene], float]
"""An answer's score in its scene; more is better."""
Rule = Callable[[Sequence[Note], Scene], float | None]

CONSONANT = frozenset((0, 3, 4, 5, 7, 8, 9))
"""Intervals in semitones, octaves left out, that do not rub."""
ROUGH = 3
"""Semitones within which two low notes are muddy."""
LOW = 52
LOOK = 0.25
"""Beats from one look at what sounds to the next."""
LEAPS = {Voice.LEAD: 5.0, Voice.CHORDS: 4.0, Voice.BASS: 7.0}
"""Semitones that a voice moves by at most, on average, without seeming restless."""


def pitched(notes: Sequence[Note]) -> list[Note]:
    """The notes that are not drums."""
    return [note for note in notes if note.voice is not Voice.DRUMS]


def chord_fit(notes: Sequence[Note], scene: Scene) -> float | None:
    """Share of the pitched notes, by length and strength of their place, that belong to the chord of their time."""
    starts = [at.beat for at in scene.chords]
    good = total = 0.0
    for note in pitched(notes):
        here = bisect_right(starts, note.beat + 1e-6) - 1
        chord = scene.chords[here].chord if here >= 0 else None
        if chord is None:
            continue
        weight = min(note.duration, 2.0) * scene.weight(note.beat)
        total += weight
        good += weight * (note.pitch % 12 in chord.pitch_classes)
    return good / total if total else None


def key_fit(notes: Sequence[Note], scene: Scene) -> float | None:
    """Share of the pitched notes, by length, that belong to the scale."""
    scale = {pitch % 12 for pitch in scene.key}
    sounding = pitched(notes)
    total = sum(note.duration for note in sounding)
    if not scale or not total:
        return None
    return sum(note.duration for note in sounding if note.pitch % 12 in scale) / total


def agreement(notes: Sequence[Note], scene: Scene) -> float | None:
    """Share of the time on strong places in which voices that sound together, and the player's held keys, agree."""
    sounding = pitched([*notes, *(note for note in scene.band if note.beat >= scene.span.start)])
    held = scene.held()
    good = total = 0.0
    for note in pitched(notes):
        others = [
            other.pitch for other in sounding if other is not note and other.beat <= note.beat + 1e-6 < other.end - 1e-6
        ]
        if note.beat < scene.span.start + 1.0:  # the player's keys say less, the longer ago they were heard
            others += held
        for pitch in others:
            weight = scene.weight(note.beat)
            total += weight
            good += weight * (abs(note.pitch - pitch) % 12 in CONSONANT)
    return good / total if total else None


def clarity(notes: Sequence[Note], scene: Scene) -> float | None:
    """Share of the notes that neither sit on the player's keys nor crowd another low note."""
    sounding = pitched(notes)
    if not sounding:
        return None
    held = scene.held()
    clear = 0
    for note in sounding:
        on_top = note.voice is not Voice.BASS and note.pitch in held and note.beat < scene.span.start + 1.0
        crowded = any(
            other is not note and other.beat <= note.beat < other.end and 0 < abs(other.pitch - note.pitch) <= ROUGH
            for other in sounding
            if max(other.pitch, note.pitch) < LOW
        )
        clear += not on_top and not crowded
    return clear / len(sounding)


def leading(notes: Sequence[Note], scene: Scene) -> float | None:
    """How little each voice leaps from one place to the next, from where it was before."""
    found: list[float] = []
    for voice, usual in LEAPS.items():
        before = [note for note in scene.band if note.voice is voice and note.beat < scene.span.start][-4:]
        steps = chords_of([*before, *(note for note in notes if note.voice is voice)])
        for (_, now), (_, then) in pairwise(steps):
            moved = sum(min(abs(pitch - other) for other in now) for pitch in then) / len(then)
            found.append(min(1.0, usual / max(moved, 1e-9)))
    return sum(found) / len(found) if found else None


def groove(notes: Sequence[Note], scene: Scene) -> float | None:
    """How far the places of the beat where the answer begins notes are those where the player and the band do."""
    before = [event.beat for event in scene.heard if isinstance(event, Pressed)][-64:]
    before += [note.beat for note in scene.band if note.beat < scene.span.start][-64:]
    if len(before) < 8 or not notes:
        return None
    old, new = _places(before), _places([note.beat for note in notes])
    return sum(min(old.get(place, 0.0), share) for place, share in new.items())


def variety(notes: Sequence[Note], scene: Scene) -> float | None:
    """Less where a voice says the same pitch over and over, or the same bar as the one before, note by note."""
    found: list[float] = []
    for voice in LEAPS:
        own = chords_of([note for note in notes if note.voice is voice])
        if len(own) >= 4:
            longest = run = 1
            for (_, now), (_, then) in pairwise(own):
                run = run + 1 if now == then else 1
                longest = max(longest, run)
            found.append(1.0 if voice is Voice.BASS and longest <= 8 else min(1.0, 4 / longest))
    return sum(found) / len(found) if found else None


def cover(notes: Sequence[Note], scene: Scene) -> float | None:
    """Share of the span in which a pitched voice of the answer sounds, where one was asked: else the rules on pitches
    are best kept by silence.
    """
    if not any(voice in LEAPS for voice in scene.voices):
        return None
    sounding = pitched(notes)
    looks = max(round((scene.span.end - scene.span.start) / LOOK), 1)
    places = [scene.span.start + (n + 0.5) * LOOK for n in range(looks)]
    return sum(any(note.beat <= place < note.end for note in sounding) for place in places) / looks


def presence(notes: Sequence[Note], scene: Scene) -> float:
    """0 for an answer without a note, 1 with one."""
    return 1.0 if notes else 0.0


RULES: tuple[tuple[Rule, float], ...] = (
    (chord_fit, 3.0),
    (key_fit, 2.0),
    (agreement, 3.0),
    (clarity, 1.0),
    (leading, 1.0),
    (groove, 2.0),
    (variety, 1.0),
    (cover, 2.0),
    (presence, 2.0),
)
"""Rules and their weights."""


def theory(notes: Sequence[Note], scene: Scene) -> float:
    """The weighted mean of the rules that have something to go on."""
    given = [(rule(notes, scene), weight) for rule, weight in RULES]
    counted = [(value, weight) for value, weight in given if value is not None]
    return sum(value * weight for value, weight in counted) / sum(weight for _, weight in counted)


Describe = Callable[[Sequence[Note]], Sequence[float]]
"""Where a family's own latents have an answer."""


def tasteful(critic: Critic, taste: Taste | None, describe: Describe | None = None) -> Critic:
    """A critic that minds what the player likes as well; the same one where nothing is known of that."""
    if taste is None or taste.amount <= 0 or len(taste.weights) != SIZE:
        return critic
    return lambda notes, scene: critic(notes, scene) + taste.amount * liked(notes, scene, taste, describe)


def liked(notes: Sequence[Note], scene: Scene, taste: Taste, describe: Describe | None = None) -> float:
    """How likely the player is to like an answer, 0 to 1."""
    span, meter = scene.span, scene.meter
    tonic = scene.key[0] % 12 if scene.key else None
    frame = Frame(span.start, max(span.end - span.start, 1e-6), scene.song, meter.bar, meter.pulse, tonic)
    total = sum(weight * value for weight, value in zip(taste.weights, features(notes, frame), strict=True))
    if describe is not None and taste.latents:
        place = (*describe(notes), 1.0)
        if len(place) == len(taste.latents):
            total += sum(weight * value for weight, value in zip(taste.latents, place, strict=True))
    return 0.5 * (1.0 + math.tanh(0.5 * total))


def chords_of(notes: Sequence[Note]) -> list[tuple[float, frozenset[int]]]:
    """Notes that begin together, as beat and pitches, in time order."""
    found: dict[int, set[int]] = {}
    for note in notes:
        found.setdefault(round(note.beat * 24), set()).add(note.pitch)
    return [(tick / 24, frozenset(pitches)) for tick, pitches in sorted(found.items())]


def _places(beats: Sequence[float]) -> dict[int, float]:
    """Share of the onsets on each 12th of the beat."""
    found: dict[int, float] = {}
    for beat in beats:
        place = round(beat % 1.0 * 12) % 12
        found[place] = found.get(place, 0.0) + 1 / len(beats)
    return found
