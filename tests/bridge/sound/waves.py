"""Waves for the tests of sound."""

import numpy as np
import numpy.typing as npt

from bridge.sound.bands import hertz

RATE = 44_100


def tones(pitches: tuple[int, ...], seconds: float = 2.0, level: float = 0.1) -> npt.NDArray[np.float32]:
    """Sines of MIDI pitches."""
    time = np.arange(round(seconds * RATE)) / RATE
    parts = [level * np.sin(2 * np.pi * float(hertz(pitch)) * time + pitch) for pitch in pitches]
    return np.asarray(np.sum(parts, 0), np.float32)


def noise(seconds: float = 2.0, level: float = 0.1) -> npt.NDArray[np.float32]:
    """White noise."""
    return (level * np.random.default_rng(1).standard_normal(round(seconds * RATE))).astype(np.float32)


def steepest(wave: npt.NDArray[np.float32]) -> float:
    """The largest step from one sample to the next."""
    return float(np.abs(np.diff(wave, axis=0)).max())
