"""What a model is shown of each event: rows of one table, and angles that tell when it was.

Pitches are shown as they are, and as intervals from what they relate to: the voice's own note before, the player's and
the bass's last notes, the root of the chord and the tonic. The time of an event turns pairs of numbers of its queries
and keys (Su et al., RoFormer, 2021), some by its number in the stream and some by its tick, so that what a query finds
depends on how far apart two events are; the periods in ticks are those of beats and bars.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import (
    DURATIONS,
    MIDDLE,
    PARTS,
    PITCHES,
    POSITIONS,
    SHIFTS,
    VELOCITIES,
    Event,
    Part,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

INTERVALS = 2 * PITCHES - 1
CLASSES = 13
"""Pitch classes above a reference, and one more for «none»."""
TABLES = (
    ("voice", PARTS),
    ("shift", SHIFTS),
    ("pitch", PITCHES),
    ("class", CLASSES),
    ("duration", len(DURATIONS)),
    ("velocity", VELOCITIES),
    ("into", POSITIONS),
    ("left", POSITIONS),
    ("own", INTERVALS),
    ("player", CLASSES),
    ("bass", CLASSES),
    ("root", CLASSES),
    ("tonic", CLASSES),
)
"""Name and rows of each table, in the order of the columns."""
COLUMNS = len(TABLES)
ROWS = sum(rows for _, rows in TABLES)
OFFSETS: Ints = np.cumsum([0, *(rows for _, rows in TABLES[:-1])])
STARTS = tuple(int(offset) for offset in OFFSETS)

SAME = np.array([Part.HELD, Part.HELD, Part.LEAD, Part.CHORDS, Part.BASS, Part.DRUMS, Part.START])
"""Part -> the part whose last pitch it is measured from: a release from the last key that went down."""
REFERENCES = ("player", "bass", "root", "tonic")
SAME_PART = tuple(int(part) for part in SAME)
NONE = -1
"""A reference that there is not."""

HEAD = 64
"""Numbers of a query or key."""
PAIRS = HEAD // 2
PERIODS = (6, 8, 12, 16, 24, 36, 48, 72, 96, 144, 192, 288, 384, 576, 768, 1536, 3072, 6144)
"""Ticks after which a pair of the time comes round."""
_BY_NUMBER = PAIRS - len(PERIODS)
RATES = np.array(
    [2 * math.pi / period for period in PERIODS] + [0.7 * 0.6**n for n in range(_BY_NUMBER)],
    np.float64,
)
"""Radians a tick for the pairs of the time, then radians an event for the others."""


KIN = 2 + len(REFERENCES)
"""Rows of a pitch: the pitch as it is, its distance from the voice's own last one, its class above each reference."""
_OWN = 1
_REFERENCES = _OWN + PITCHES
KINS = _REFERENCES + len(REFERENCES) * CLASSES
"""Rows of the table that tells where each pitch's scores lie, one for each thing that it is related to."""


def kin_own(pitch: int) -> tuple[int, int]:
    """Rows of the table of kin for the pitch as it is, and for the own last pitch of its voice (or NONE)."""
    return 0, _OWN + (MIDDLE if pitch < 0 else pitch)


def kin_references(references: Iterable[int]) -> list[int]:
    """Rows of the table of kin for the player's and the bass's last pitch, the root and the tonic."""
    return [
        _REFERENCES + n * CLASSES + (CLASSES - 1 if pitch < 0 else pitch % 12) for n, pitch in enumerate(references)
    ]


def kin_table() -> NDArray[np.int32]:
    """Where each pitch's scores lie [KINS, 128] among a model's scores of pitches, intervals, classes above each
    reference, and one more for «none», as they are laid out one after another.
    """
    every = np.arange(PITCHES)
    near = PITCHES + INTERVALS
    found = np.full((KINS, PITCHES), near + len(REFERENCES) * 12, np.int32)
    found[0] = every
    found[_OWN:_REFERENCES] = PITCHES + (PITCHES - 1) + every[None] - every[:, None]
    for n in range(len(REFERENCES)):
        for reference in range(CLASSES - 1):
            found[_REFERENCES + n * CLASSES + reference] = near + n * 12 + (every - reference) % 12
    return found


def row(event: Event, place: tuple[int, int], last: tuple[int, ...], root: int, tonic: int) -> list[int]:
    """The columns [13] of one event, as `columns` has them, without arrays, which are slow to make for so little."""
    voice, shift, pitch, duration, velocity = event
    own = last[SAME_PART[voice]]
    found = [voice, shift, pitch, 12, duration, velocity, *place, pitch - (MIDDLE if own < 0 else own) + PITCHES - 1]
    if voice in (Part.DRUMS, Part.START):
        found += (12, 12, 12, 12)
    else:
        found[3] = pitch % 12
        for reference in (last[Part.HELD], last[Part.BASS], root, tonic):
            found.append(12 if reference < 0 else (pitch - reference) % 12)
    return [column + offset for column, offset in zip(found, STARTS, strict=True)]


def columns(events: Ints, places: Ints, last: Ints, root: Ints, tonic: Ints) -> Ints:
    """Rows [N, 13] of the joined table for events [N, 5] at places [N, 2].

    `last` [N, 7] is the last pitch of each part before the event, NONE where there is none; `root` and `tonic` [N] are
    pitch classes or NONE.
    """
    voice, pitch = events[:, 0], events[:, 2]
    own = last[np.arange(len(events)), SAME[voice]]
    pitched = (voice != Part.DRUMS) & (voice != Part.START)
    found = np.empty((len(events), COLUMNS), np.int64)
    found[:, 0:3] = events[:, 0:3]
    found[:, 3] = np.where(pitched, pitch % 12, 12)
    found[:, 4:6] = events[:, 3:5]
    found[:, 6:8] = places
    found[:, 8] = pitch - np.where(own < 0, MIDDLE, own) + PITCHES - 1
    for column, reference in ((9, last[:, Part.HELD]), (10, last[:, Part.BASS]), (11, root), (12, tonic)):
        found[:, column] = np.where(pitched & (reference >= 0), (pitch - reference) % 12, 12)
    return found + OFFSETS


def angles(number: Ints, tick: Ints) -> tuple[Floats, Floats]:
    """Cosines and sines [N, 32] for events by their number in the stream and their tick."""
    turns = np.concatenate(
        [tick[:, None] * RATES[: len(PERIODS)], number[:, None] * RATES[len(PERIODS) :]], axis=1, dtype=np.float64
    )
    return np.cos(turns).astype(np.float32), np.sin(turns).astype(np.float32)
