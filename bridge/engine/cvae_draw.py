"""From what the decoder gives to the notes of a window: drawing, with noise that is a function of seed and window."""

from collections.abc import Collection

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_rolls import (
    BASS,
    BEGINS,
    CHORDS,
    DRUMS,
    FARTHEST,
    FIRST,
    HOLD,
    LEAD,
    RANGES,
    REST,
    SOUNDS,
    Rolls,
)
from bridge.engine.window import STEPS
from bridge.errors import EngineError
from bridge.music.note import Voice

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

PARTS = (LEAD, BASS, CHORDS, CHORDS, DRUMS, DRUMS, DRUMS, 3)
"""Numbers of a step: lead, bass, chords that begin and that sound, drums, their force and lateness, velocities."""
GIVEN = sum(PARTS)
MOST = 5
"""Notes of a chord that begin together at most."""
RINGING = 0.55
"""Share of its chance to sound as it began down to which a pitch rings on, where it is below a half."""
TINY = 1e-6
NEVER = -1.0e4
SOFTEST, LOUDEST = 24, 120
STEADY = 0.28
"""Nats, at a heat of 1, that each semitone from one note of the lead to the next costs: a step does not know of the
others."""
OF_DRUMS = 0.5
"""Share of the heat that drums and chords are drawn with: many small choices add up."""


class Shape(msgspec.Struct, frozen=True):
    """What a drawing keeps to."""

    heat: float
    """0: always the likeliest."""
    steps: int = STEPS
    """Steps of the window; those behind it stay empty."""
    rhythm: NDArray[np.uint8] | None = None
    """[32] REST, HOLD or FIRST, for all pitched voices."""
    lean: Floats | None = None
    """[12] nats by which the pitched voices lean to each pitch class."""


def noise(seed: int, *place: int) -> np.random.Generator:
    """A stream of noise that is a function of a seed and a place."""
    return np.random.default_rng([seed & (2**63 - 1), *(part & (2**63 - 1) for part in place)])


def draw(given: Floats, shape: Shape, random: np.random.Generator) -> Rolls:
    """The rolls [32, ...] that a decoder's numbers [32, 237] stand for. Raises EngineError for no numbers.

    As many notes begin as the decoder expects on the whole, at the likeliest places: where it is unsure, taking each
    step for itself would leave it silent.
    """
    if given.shape != (STEPS, GIVEN) or not np.isfinite(given).all():
        raise EngineError("the model's output is not finite; get the pack again or choose another")
    parts = np.split(given.astype(np.float32, copy=True), np.cumsum(PARTS)[:-1], axis=1)
    lead, bass, begins, sounds, drums, force, late, velocity = parts
    for line in (lead, bass):
        line[shape.steps :, REST + 1 :] = NEVER
    for part in (begins, sounds, drums):
        part[shape.steps :] = NEVER
    louder = np.clip(np.round(velocity * 127), SOFTEST, LOUDEST).astype(np.uint8)
    hits = np.clip(np.round(force * 127), SOFTEST, LOUDEST).astype(np.uint8)
    chances = _chances(drums)
    shaken = drums + shape.heat * OF_DRUMS * _noise(random, drums.shape)
    struck = np.stack([_likeliest(shaken[:, n], chances[:, n]) for n in range(DRUMS)], 1)
    late = np.clip(late * FARTHEST, -FARTHEST, FARTHEST).astype(np.float32)
    late[0] = np.maximum(late[0], 0.0)  # the window before is over: nothing can be early
    return Rolls(
        _line(lead, shape, random, RANGES[Voice.LEAD][0], STEADY),
        _line(bass, shape, random, RANGES[Voice.BASS][0], 0.0),
        _chords(begins, sounds, shape, random),
        np.where(struck, hits, 0).astype(np.uint8),
        late,
        louder,
    )


def merged(known: Rolls, made: Rolls, voices: Collection[Voice]) -> Rolls:
    """Rolls that hold some voices as made, and the others as known."""
    lead, bass, chords, drums = (voice in voices for voice in (Voice.LEAD, Voice.BASS, Voice.CHORDS, Voice.DRUMS))
    return Rolls(
        made.lead if lead else known.lead,
        made.bass if bass else known.bass,
        made.chords if chords else known.chords,
        made.drums if drums else known.drums,
        made.offset if drums else known.offset,
        made.velocity,
    )


def _line(logits: Floats, shape: Shape, random: np.random.Generator, lowest: int, steady: float) -> Bytes:
    pitches = logits[:, FIRST:]
    top = logits.max(1, keepdims=True)
    weights = np.exp(logits - top)
    chances = weights[:, FIRST:].sum(1) / weights.sum(1)
    if shape.lean is not None:
        pitches = pitches + shape.lean[(np.arange(pitches.shape[1]) + lowest) % 12]
    noise = _noise(random, logits.shape)
    if shape.rhythm is not None:
        begun = shape.rhythm == FIRST
        held = shape.rhythm == HOLD
    else:
        odds = np.log(np.maximum(chances, TINY)) - np.log(np.maximum(1 - chances, TINY))
        begun = _likeliest(odds + shape.heat * noise[:, 0], chances)
        held = logits[:, HOLD] > logits[:, REST]
    sung = pitches + shape.heat * noise[:, FIRST:]
    chosen = sung.argmax(1)
    chosen[begun] = _together(sung[begun], steady * shape.heat)
    line = np.where(begun, chosen + FIRST, np.where(held, HOLD, REST)).astype(np.uint8)
    for step in range(STEPS):  # what is not there cannot be held
        if line[step] == HOLD and (step == 0 or line[step - 1] == REST):
            line[step] = REST
    return line


def _together(odds: Floats, steady: float) -> NDArray[np.int64]:
    """The likeliest line of pitches through odds [N, P] where each semitone of a step costs so much."""
    count, pitches = odds.shape
    if not count or not steady:
        likeliest: NDArray[np.int64] = odds.argmax(1)
        return likeliest
    cost = steady * np.abs(np.subtract.outer(np.arange(pitches), np.arange(pitches)))
    best, before = odds[0], np.zeros((count, pitches), np.int64)
    for place in range(1, count):
        ways = best[None] - cost
        before[place] = ways.argmax(1)
        best = odds[place] + ways.max(1)
    line = np.zeros(count, np.int64)
    line[-1] = int(best.argmax())
    for place in range(count - 1, 0, -1):
        line[place - 1] = before[place, line[place]]
    return line


def _chords(begins: Floats, sounds: Floats, shape: Shape, random: np.random.Generator) -> Bytes:
    chances = _chances(begins)
    some = _beginning(chances)
    counts = np.clip(np.round(chances.sum(1) / np.maximum(some, TINY)), 1, MOST).astype(np.int64)
    noise = _noise(random, begins.shape)
    if shape.rhythm is not None:
        begun = shape.rhythm == FIRST
    else:
        odds = np.log(np.maximum(some, TINY)) - np.log(np.maximum(1 - some, TINY))
        begun = _likeliest(odds + shape.heat * OF_DRUMS * noise[:, 0], some)
    ranked = begins + shape.heat * OF_DRUMS * noise
    if shape.lean is not None:
        ranked = ranked + shape.lean[(np.arange(CHORDS) + RANGES[Voice.CHORDS][0]) % 12]
    found = np.zeros(begins.shape, np.uint8)
    ringing = np.zeros(CHORDS, np.bool_)
    ring, least = _chances(sounds), np.ones(CHORDS, np.float32)
    for step in range(STEPS):
        ringing = ringing & (ring[step] > np.minimum(least, 0.5))
        if begun[step]:
            struck = np.argsort(-ranked[step], kind="stable")[: counts[step]]
            ringing[struck] = True
            least[struck] = RINGING * ring[step, struck]
        found[step, ringing] = SOUNDS
        if begun[step]:
            found[step, struck] = BEGINS
    return found


def _beginning(chances: Floats) -> Floats:
    """[S] the chance that any of the pitches [S, P] begins, between what it is where they begin together or not at all
    and what it is where none knows of the others: which pitch is less sure than when."""
    apart = 1 - np.prod(1 - np.minimum(chances, 1 - TINY), axis=1)
    found: Floats = np.sqrt(apart * np.minimum(chances.max(1), 1 - TINY)).astype(np.float32)
    return found


def _likeliest(odds: Floats, chances: Floats) -> NDArray[np.bool_]:
    """[N] whether each of N places is among as many of the highest odds as the chances add up to."""
    count = round(float(chances.sum()))
    found = np.zeros(len(odds), np.bool_)
    if count:
        found[np.argsort(-odds, kind="stable")[:count]] = True
    return found


def _noise(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Gumbel noise: added to logits, it makes the highest a draw from their distribution."""
    found: Floats = -np.log(-np.log(random.uniform(TINY, 1 - TINY, shape))).astype(np.float32)
    return found


def _chances(logits: Floats) -> Floats:
    chances: Floats = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return chances
