"""A clip of training material: the frames of a sound, and what is told of them."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.sound.bands import BANDS, KEYS, RANGE_DB, Array, brightness_of, shifted
from bridge.sound.told import BRIGHTNESS, CHROMA, EXCERPT, HOLD, STRUCK, TOLD

SMOOTH = 21
"""Frames (half a second) that brightness is averaged over."""


class Clip(msgspec.Struct):
    """Frames [T, FRAME] with their conditions [T, TOLD], and the sound whose character they have."""

    name: str
    kind: str
    """"chords", "sound" (a one-shot as it is) or "cloud" (a one-shot as grains on a chord)."""
    frames: NDArray[np.float16]
    told: NDArray[np.float16]
    seed: NDArray[np.float16]
    """[S, FRAME] of the bare sound; empty where any excerpt of the clip will do."""
    held_out: bool

    def excerpt(self, random: np.random.Generator) -> Array:
        """Frames [EXCERPT, FRAME] that say which sound it is."""
        if len(self.seed):
            return padded(self.seed.astype(np.float32))
        first = int(random.integers(0, max(1, len(self.frames) - EXCERPT)))
        return padded(self.frames[first : first + EXCERPT].astype(np.float32))


def padded(frames: Array) -> Array:
    """The first EXCERPT frames, with silence behind where there are fewer."""
    out = np.zeros((EXCERPT, frames.shape[1]), np.float32)
    out[: min(EXCERPT, len(frames))] = frames[:EXCERPT]
    return out


def moved(frames: Array, told: Array, semitones: int, tilt: float) -> tuple[Array, Array]:
    """Frames and what is told of them, so many semitones higher and `tilt` dB an octave brighter."""
    frames, told = tilted(shifted(frames, semitones), tilt), told.copy()
    told[:, CHROMA] = np.roll(told[:, CHROMA], semitones, 1)
    told[:, STRUCK] = shifted(told[:, STRUCK], semitones)
    told[:, BRIGHTNESS] = brightness(frames)
    return frames, told


def tilted(frames: Array, tilt: float) -> Array:
    """Frames with `tilt` dB an octave added around the middle of the keyboard; silence stays."""
    octaves = (np.arange(BANDS) - KEYS / 2) / 12.0
    levels = frames[:, :BANDS]
    out = frames.copy()
    out[:, :BANDS] = np.where(levels > 0, np.clip(levels + octaves * (tilt / RANGE_DB), 0.0, 1.0), 0.0)
    return out.astype(np.float32)


def brightness(frames: Array) -> Array:
    """Where the middle of the sound lies, smoothed: [T, FRAME] -> [T]."""
    raw = brightness_of(frames)
    weight = 10.0 ** (frames[:, :BANDS].max(1) * 2.0)  # what is loud says more
    window = np.ones(SMOOTH)
    total = np.convolve(weight, window, "same")
    return np.asarray(np.convolve(raw * weight, window, "same") / total, np.float32)


def blank(frames: int) -> Array:
    """Conditions that tell nothing, [frames, TOLD]."""
    return np.zeros((frames, TOLD), np.float32)


def held(told: Array) -> Array:
    """What is told [T, TOLD], with every strike told for HOLD frames."""
    out = told.copy()
    for late in range(1, HOLD):
        out[late:, STRUCK] = np.maximum(out[late:, STRUCK], told[:-late, STRUCK])
    return out
