"""What the knobs of a conditional VAE ask for, and what they stand beside: the moods of what was heard last."""

import math
from collections.abc import Callable, Collection, Mapping

import msgspec
import numpy as np

from bridge.engine.cvae_controls import STYLES, Wish
from bridge.engine.cvae_rolls import FIRST, Rolls
from bridge.engine.window import PER_BEAT
from bridge.music.note import Voice

MOODS = 3.0
"""Deviations beyond which neither mood is told."""
DENSITY = (0.5485, 0.4904)
"""Mean and deviation of the logarithm of the onsets a beat; as in the training's proxy of arousal."""
SECTIONS = 3


class Measured(msgspec.Struct, frozen=True):
    """What is told of notes that were heard."""

    arousal: float = math.nan
    density: Mapping[Voice, float] = {}
    register: Mapping[Voice, float] = {}


def measured(made: Rolls, steps: int) -> Measured:
    """Arousal of pitched notes, and density and register of each voice that plays."""
    begins = {
        Voice.LEAD: made.lead[:steps] >= FIRST,
        Voice.BASS: made.bass[:steps] >= FIRST,
        Voice.CHORDS: (made.chords[:steps] == 2).any(1),
    }
    beats = steps / PER_BEAT
    any_begins = np.any(list(begins.values()), axis=0)
    count = int(any_begins.sum())
    mean, deviation = DENSITY
    arousal = (math.log(count / beats) - mean) / deviation if count else math.nan
    density = {voice: float(steps_begun.sum()) / beats for voice, steps_begun in begins.items() if steps_begun.any()}
    register: dict[Voice, float] = {}
    for voice, line, lowest in ((Voice.LEAD, made.lead, 45), (Voice.BASS, made.bass, 24)):
        if voice in density:
            register[voice] = float(line[:steps][begins[voice]].mean()) - FIRST + lowest
    return Measured(arousal, density, register)


def wish(
    knob: Callable[[str], float],
    heard: Measured,
    scale: tuple[int, ...],
    playing: Collection[Voice],
    asked: Collection[Voice],
    semitones: int,
    follows: bool,
) -> Wish:
    """What a window is to be. Moods are knobs beside what was heard; density and register are told where they are set.

    `knob` gives a knob's value, `follows` says whether the window before is known.
    """
    density, register = knob("density"), knob("register")
    section = round(knob("section")) - 1
    alone = sorted(voice for voice in asked if voice is not Voice.DRUMS)
    leading = Voice.LEAD if Voice.LEAD in asked else alone[0] if len(alone) == 1 else None
    base = heard.arousal if math.isfinite(heard.arousal) else 0.0
    return Wish(
        scale=scale,
        styles=styles(knob("style"), knob("style_b"), knob("style_blend")),
        arousal=_within(base + knob("arousal")),
        brightness=_within(knob("brightness")),
        contrast=knob("contrast") if follows else math.nan,
        section=section if 0 <= section < SECTIONS else -1,
        playing=playing,
        density={voice: density for voice in asked} if density > 0 else {},
        register={leading: register + semitones} if register > 0 and leading is not None else {},
    )


def styles(first: float, second: float, blend: float) -> dict[int, float]:
    """Shares of the places in STYLES for two knobs that are places from 1 on (0: none) and a blend from 0 to 1."""
    one, two = (round(each) - 1 if 0 < round(each) <= len(STYLES) else -1 for each in (first, second))
    if two < 0 or one == two:
        return {one: 1.0} if one >= 0 else {}
    if one < 0:
        return {two: blend} if blend > 0 else {}
    return {place: share for place, share in ((one, 1.0 - blend), (two, blend)) if share > 0}


def _within(value: float) -> float:
    return min(max(value, -MOODS), MOODS)
