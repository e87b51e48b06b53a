"""What the knobs of a conditional VAE ask for, and what they stand beside: the moods of what was heard last."""

import math
from collections.abc import Callable, Collection

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_controls import STYLES, Wish
from bridge.engine.cvae_rolls import BEGINS, FIRST, Rolls
from bridge.engine.window import PER_BEAT
from bridge.music.note import Voice

Floats = NDArray[np.float32]

MOODS = 3.0
"""Deviations beyond which neither mood is told."""
DENSITY = (0.5485, 0.4904)
"""Mean and deviation of the logarithm of the onsets a beat; as in the training's proxy of arousal."""
MODES = {True: -0.85, False: -0.15}
"""Mean brightness of music in minor (True), where a scale has its third, and in major."""
USUAL = (0.26, -1.34, 0.21, 0.36, 1.0, -0.24, -0.04, -0.84, -0.24, 0.69, -0.17, -0.33, 0.29, 0.07, -0.44)
"""Mean arousal of the training music in each of the STYLES: a chorale is calmer than a ragtime."""
HOUSE = STYLES.index("rock")
"""The style of a band of which none is asked for: steadier than all styles at once."""
AT_REST = frozenset(("arousal", "brightness", "style", "style_b", "style_blend", "density", "register", "section"))
"""Knobs that are at rest in what a phrase is before it is moved."""
SECTIONS = 3


class Measured(msgspec.Struct, frozen=True):
    """What is told of notes that were heard."""

    arousal: float = math.nan


def measured(made: Rolls, steps: int) -> Measured:
    """The arousal of pitched notes."""
    begun = (made.lead >= FIRST) | (made.bass >= FIRST) | (made.chords == BEGINS).any(1)
    count = int(begun[:steps].sum())
    mean, deviation = DENSITY
    return Measured((math.log(count * PER_BEAT / steps) - mean) / deviation if count else math.nan)


def wish(
    knob: Callable[[str], float],
    heard: Measured,
    scale: tuple[int, ...],
    playing: Collection[Voice],
    asked: Collection[Voice],
    semitones: int,
    follows: bool,
    house: bool = False,
) -> Wish:
    """What a window is to be. Moods are knobs beside what was heard; density and register are told where they are set.

    `knob` gives a knob's value, `follows` says whether the window before is known, `house` whether the style is the
    house's where none is asked for.
    """
    density, register = knob("density"), knob("register")
    section = round(knob("section")) - 1
    alone = sorted(voice for voice in asked if voice is not Voice.DRUMS)
    leading = Voice.LEAD if Voice.LEAD in asked else alone[0] if len(alone) == 1 else None
    asked_styles = styles(knob("style"), knob("style_b"), knob("style_blend"))
    usual = sum(share * USUAL[place] for place, share in asked_styles.items())
    base = heard.arousal if math.isfinite(heard.arousal) else usual
    return Wish(
        scale=scale,
        styles=asked_styles or ({HOUSE: 1.0} if house else {}),
        arousal=_within(base + knob("arousal")),
        brightness=_within(MODES[is_minor(scale)] + knob("brightness")),
        contrast=knob("contrast") if follows else math.nan,
        section=section if 0 <= section < SECTIONS else -1,
        playing=playing,
        density={voice: density for voice in asked} if density > 0 else {},
        register={leading: register + semitones} if register > 0 and leading is not None else {},
    )


def is_minor(scale: tuple[int, ...]) -> bool:
    """Whether a scale of C has a minor third and no major one."""
    return 3 in scale and 4 not in scale


def styles(first: float, second: float, blend: float) -> dict[int, float]:
    """Shares of the places in STYLES for two knobs that are places from 1 on (0: none) and a blend from 0 to 1."""
    one, two = (round(each) - 1 if 0 < round(each) <= len(STYLES) else -1 for each in (first, second))
    if two < 0 or one == two:
        return {one: 1.0} if one >= 0 else {}
    if one < 0:
        return {two: blend} if blend > 0 else {}
    return {place: share for place, share in ((one, 1.0 - blend), (two, blend)) if share > 0}


def slerp(one: Floats, other: Floats, share: float) -> Floats:
    """A latent vector so far (0 to 1) from one to another, along the arc between them."""
    a, b = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    cosine = float((one * other).sum()) / (a * b) if a * b > 0 else 1.0
    angle = math.acos(min(max(cosine, -1.0), 1.0))
    if angle < 1e-3:
        return ((1 - share) * one + share * other).astype(np.float32)
    here, there = math.sin((1 - share) * angle), math.sin(share * angle)
    return ((here * one + there * other) / math.sin(angle)).astype(np.float32)


def between(one: Measured, other: Measured, share: float) -> Measured:
    """Arousal so far from one to another."""
    a, b = one.arousal, other.arousal
    return Measured(b if math.isnan(a) else a if math.isnan(b) else a + (b - a) * share)


def _within(value: float) -> float:
    return min(max(value, -MOODS), MOODS)
