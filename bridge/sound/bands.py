"""The bands of a frame: one for each key of the keyboard, wider ones for the air above, and how tonal each register is.

Mel bands are some 40 Hz wide below 1 kHz, where neighbouring keys lie 3 to 60 Hz apart: a chord would be lost in them.
So there is a band for each semitone of the keyboard, and the mel scale is kept for what lies above.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

LOWEST: Final = 33
"""MIDI pitch of the lowest band (A1, 55 Hz)."""
KEYS: Final = 76
"""Bands of a semitone, up to C8."""
AIR: Final = 12
"""Bands above them, evenly spaced on the mel scale."""
TOP_HZ: Final = 15_000.0
"""Upper edge of the last band."""
BANDS: Final = KEYS + AIR
REGISTERS: Final = 8
"""Groups of neighbouring keys that share one measure of how tonal they are: 1 for tones, 0 for noise."""
FRAME: Final = BANDS + REGISTERS
"""Numbers of a frame, each 0 to 1: level of every band, then tonality of every register."""
RANGE_DB: Final = 80.0
"""Level 1 is a mean square of 0 dB (full scale), level 0 is so many dB below, and everything under it."""
HOP: Final = 1024 / 44_100
"""Seconds from frame to frame."""

REGISTER_OF: Final = np.arange(KEYS) * REGISTERS // KEYS
"""Key's band -> its register."""


def hertz(pitch: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Frequency of MIDI pitches, fractions too."""
    return np.asarray(440.0 * 2.0 ** ((np.asarray(pitch, np.float64) - 69.0) / 12.0))


def centres() -> npt.NDArray[np.float64]:
    """Frequencies of the keys' bands, [KEYS] Hz."""
    return hertz(LOWEST + np.arange(KEYS))


def edges() -> npt.NDArray[np.float64]:
    """Edges of all bands from the lowest up, [BANDS + 1] Hz."""
    keys = hertz(LOWEST - 0.5 + np.arange(KEYS + 1))
    air = _from_mel(np.linspace(_mel(keys[-1]), _mel(TOP_HZ), AIR + 1))
    return np.concatenate([keys, air[1:]])


def chroma_of(levels: Array) -> Array:
    """Amplitude by pitch class of frames' levels: [..., FRAME or BANDS] -> [..., 12], the greatest 1."""
    amplitude = 10.0 ** ((levels[..., :KEYS] - 1.0) * RANGE_DB / 20.0)
    amplitude = np.where(levels[..., :KEYS] > 0, amplitude, 0.0)
    classes = (LOWEST + np.arange(KEYS)) % 12
    folded = np.stack([amplitude[..., classes == pitch_class].sum(-1) for pitch_class in range(12)], -1)
    return np.asarray(folded / np.maximum(folded.max(-1, keepdims=True), 1e-9), np.float32)


def brightness_of(levels: Array) -> Array:
    """Where the middle of the sound lies: [..., FRAME or BANDS] -> [...], 0 for the lowest band, 1 for the highest."""
    amplitude = np.where(levels[..., :BANDS] > 0, 10.0 ** ((levels[..., :BANDS] - 1.0) * RANGE_DB / 20.0), 0.0)
    place = np.arange(BANDS) / (BANDS - 1)
    return np.asarray((amplitude * place).sum(-1) / np.maximum(amplitude.sum(-1), 1e-9), np.float32)


def shifted(frames: Array, semitones: int) -> Array:
    """Frames as if every key lay so many semitones higher; the air stays, what leaves the keyboard is lost."""
    moved = frames.copy()
    keys = np.zeros_like(frames[..., :KEYS])
    if semitones >= 0:
        keys[..., semitones:] = frames[..., : KEYS - semitones]
    else:
        keys[..., :semitones] = frames[..., -semitones:KEYS]
    moved[..., :KEYS] = keys
    return moved


def _mel(frequency: float) -> float:
    """Stevens, Volkmann and Newman's scale in O'Shaughnessy's formula."""
    return float(2595.0 * np.log10(1.0 + frequency / 700.0))


def _from_mel(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(700.0 * (10.0 ** (mel / 2595.0) - 1.0))
