"""What a phrase settles: the roll that the reverse process starts from, how noisy, and what is not left to it."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.diffusion_condition import HERE
from bridge.engine.diffusion_roll import CHANNELS, CHANNELS_OF, LOGITS, PIECES, Roll, spread
from bridge.engine.diffusion_scene import Cells, Scene
from bridge.engine.diffusion_table import BASS, CHORDS, DRUMS, HOLD, LEAD, LINES, REST, VOICES, Part, Table
from bridge.engine.family import Material
from bridge.engine.window import STEPS

KEEPABLE = ("pitch", "rhythm")
"""What of a phrase can be kept while the rest is made anew."""
MIDWAY = 0.7
"""Noise level at which two phrases meet in the middle."""
LEAST = 0.02
CERTAIN, NEVER = 12.0, -30.0
"""Logits of what is settled, and of what is forbidden."""


class Aim(msgspec.Struct, frozen=True, eq=False):
    """The clean roll [STEPS, CHANNELS] to start from, the cells that it counts for, the noise level from which they
    are made free, and the logits [STEPS, LOGITS] that are settled (NaN: not)."""

    clean: Roll
    cells: Cells
    level: float
    settled: Roll


def aim(shown: Scene, material: Material | None, distance: float) -> Aim:
    """The aim of a scene; without a phrase there is nothing to start from but noise."""
    clean, cells = np.zeros((STEPS, CHANNELS), np.float32), np.zeros((STEPS, CHANNELS), np.bool_)
    settled = np.full((STEPS, LOGITS), np.nan, np.float32)
    if shown.phrase is None or material is None:
        return Aim(clean, cells, 1.0, settled)
    blend = min(max(material.blend, 0.0), 1.0) if shown.other is not None else 0.0
    for number, voice in enumerate(VOICES):
        if voice in shown.phrased:
            cells[:, CHANNELS_OF[voice]] = shown.made[HERE, number, None]
    phrase = spread(shown.phrase)
    if shown.other is not None:
        phrase = (1 - blend) * phrase + blend * spread(shown.other)
    clean = np.where(cells, phrase, 0.0).astype(np.float32)
    keep = [part for part in material.keep if part in KEEPABLE]
    if keep:
        for voice, part in LINES:
            if voice in shown.phrased:
                _settle(settled, shown.phrase, part, keep)
        return Aim(clean, cells, 1.0, settled)
    level = distance + max(MIDWAY - distance, 0.0) * 4 * blend * (1 - blend)
    return Aim(clean, cells, min(max(level, LEAST), 1.0), settled)


def _settle(settled: Roll, phrase: Table, part: Part, keep: Sequence[str]) -> None:
    """Settle what a phrase keeps of a line, in place: when it moves, or on which pitches."""
    state, pitch = phrase[:, part.column], phrase[:, part.column + 1]
    if "rhythm" in keep:
        settled[:, part.logit : part.logit + 3] = _one(state.astype(np.int64), HOLD + 1)
    if "pitch" in keep and (state != REST).any():
        sounding = np.flatnonzero(state != REST)
        last = sounding[np.clip(np.searchsorted(sounding, np.arange(STEPS), side="right") - 1, 0, None)]
        heights = pitch[last].astype(np.int64) - part.lowest
        settled[:, part.logit + 3 : part.logit + 15] = _one(heights % 12, 12)
        settled[:, part.logit + 15 : part.logit + 15 + part.octaves] = _one(heights // 12, part.octaves)


def _one(wanted: NDArray[np.int64], count: int) -> Roll:
    found: Roll = np.where(np.arange(count) == wanted[:, None], CERTAIN, -CERTAIN).astype(np.float32)
    return found


def forbid(logits: Roll, allowed: Sequence[int], up: int) -> None:
    """Leave only the allowed pitch classes of logits [..., LOGITS], in place; theirs are `up` semitones higher."""
    tones = np.isin(np.arange(12), [(pitch + up) % 12 for pitch in allowed])
    for part in (LEAD, BASS, CHORDS):
        logits[..., part.logit + 3 : part.logit + 15][..., ~tones] = NEVER


def _tempered() -> NDArray[np.bool_]:
    found = np.ones(LOGITS, np.bool_)
    for part in (LEAD, BASS):
        found[part.logit + 15 + part.octaves] = False
    found[CHORDS.logit + 15 : CHORDS.logit + 18] = False
    found[DRUMS.logit + PIECES :] = False
    return found


TEMPERED = _tempered()
"""The logits [LOGITS] that are choices, and not heights or velocities."""
