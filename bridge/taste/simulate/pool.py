"""Phrases for the simulated players: the rule-based band's in every style, and a melody pack's; none from a file."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.family import Ask, Describes, Family, Pressed, Released
from bridge.jam.vamp import triad
from bridge.music.arranger import START, Bar, Hints, arrange
from bridge.music.arranger_styles import STYLES
from bridge.music.arranger_tune import tune
from bridge.music.chord import ChordAt
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice
from bridge.taste.describing import place_of
from bridge.taste.phrase import Phrase

Floats = NDArray[np.float64]

BARS = 4
RULED = 0.75
"""Share of the phrases that are made by rule; the rest is the melody pack's."""
SCALES = ("major", "minor", "dorian", "mixolydian", "pentatonic", "blues")
METERS = {"waltz": Meter(3, 4), "jig": Meter(6, 8)}
BANDS = (
    (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS),
    (Voice.CHORDS, Voice.BASS, Voice.DRUMS),
    (Voice.LEAD, Voice.BASS, Voice.DRUMS),
    (Voice.LEAD, Voice.CHORDS),
)
"""Who plays in a phrase made by rule."""
CALL = 8.0
"""Beats that the melody pack hears before it answers."""


class Made(msgspec.Struct, frozen=True):
    """A phrase, and how it was made: what no feature says and a simulated player may still care for."""

    phrase: Phrase
    style: str
    """The arranger's style; «pack» for what the melody pack made."""
    density: float
    scale: str


def pool(count: int, seed: int, family: Family | None = None) -> list[Made]:
    """`count` different phrases; without a family all of them are made by rule. The same seed gives the same ones."""
    ruled = count if family is None else round(count * RULED)
    found: dict[str, Made] = {}
    for made in _ruled(random.Random(f"{seed}:ruled")):
        if len(found) >= ruled:
            break
        found.setdefault(made.phrase.id, made)
    if family is not None:
        for made in _played(family, random.Random(f"{seed}:played")):
            if len(found) >= count:
                break
            found.setdefault(made.phrase.id, made)
    return list(found.values())


def open_family(folder: Path) -> Family:
    """The melody pack of the pool. Raises PackError."""
    from bridge.engine.shelf import open_pack

    return open_pack(folder, "cpu")[0]


def places(made: Sequence[Made], family: Describes) -> Floats:
    """Where a family's latents have phrases [I, L]. Raises EngineError."""
    return np.array([place_of(family, each.phrase) for each in made])


def _ruled(chance: random.Random) -> Iterator[Made]:
    """Phrases made by rule, without end."""
    styles = sorted(STYLES)
    while True:
        style, scale = chance.choice(styles), chance.choice(SCALES)
        key, meter = Key(chance.randrange(12), scale), METERS.get(style, Meter())
        density, register = chance.random(), chance.uniform(60.0, 78.0)
        voices, seed = chance.choice(BANDS), chance.randrange(1 << 30)
        degrees = [0, *(chance.choice((1, 3, 4, 5)) for _ in range(BARS - 2)), chance.choice((3, 4))]
        bpm = round(chance.uniform(70, 160))
        chords = [triad(key, degree) for degree in degrees]
        notes, hands, before = list[Note](), START, None
        for number in range(BARS):
            bar = Bar(number, meter, key, (ChordAt(0.0, chords[number]),), chords[(number + 1) % BARS])
            played, hands = arrange(bar, Hints(style, density), hands, seed, voices)
            if Voice.LEAD in voices:
                melody, before = tune(bar, density, register, before, seed)
                played = [*played, *melody]
            notes += _moved(played, number * meter.bar)
        yield Made(_phrase(notes, meter, key, bpm), style, density, scale)


def _played(family: Family, chance: random.Random) -> Iterator[Made]:
    """The melody pack's answers to calls made by rule, without end."""
    meter = Meter()
    while True:
        key = Key(chance.randrange(12), chance.choice(SCALES[:2]))
        density, seed = chance.uniform(0.5, 3.0), chance.randrange(1 << 30)
        family.rewind(0.0)
        before = None
        for number in range(round(CALL / meter.bar)):
            bar = Bar(number, meter, key, (ChordAt(0.0, triad(key, 0 if number % 2 == 0 else 4)),))
            melody, before = tune(bar, density / 3.0, 67.0, before, seed)
            for note in _moved(melody, number * meter.bar):
                family.hear(Pressed(note.beat, note.pitch, note.velocity))
                family.hear(Released(note.end, note.pitch))
        span = Span(CALL, CALL + BARS * meter.bar)
        register = chance.uniform(60.0, 76.0)
        ask = Ask(
            id=1,
            span=span,
            voices=(Voice.LEAD,),
            key=key.pitch_classes,
            allowed=key.pitch_classes,
            knobs={"density": density, "register": register, "temperature": chance.uniform(0.7, 1.3)},
            seed=seed,
        )
        notes = _moved(list(family.respond(ask)), -CALL)
        if len(notes) >= 2 * BARS:
            yield Made(_phrase(notes, meter, key, round(chance.uniform(70, 160))), "pack", density / 3.0, key.scale)


def _moved(notes: Sequence[Note], by: float) -> list[Note]:
    return [msgspec.structs.replace(note, beat=round(note.beat + by, 4)) for note in notes]


def _phrase(notes: Sequence[Note], meter: Meter, key: Key, bpm: float) -> Phrase:
    ordered = tuple(sorted(notes, key=lambda note: (note.beat, note.voice, note.pitch)))
    return Phrase(ordered, BARS * meter.bar, meter.bar, meter.pulse, bpm, key)
