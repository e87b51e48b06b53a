"""What a frame's model is told of the music: chord, density, brightness, and the keys that are struck now."""

import math
from typing import Final

import msgspec
import numpy as np

from bridge.sound.bands import KEYS, LOWEST, Array

CHROMA: Final = slice(0, 12)
DENSITY: Final = 12
BRIGHTNESS: Final = 13
STRUCK: Final = slice(14, 14 + KEYS)
TOLD: Final = 14 + KEYS
"""Numbers that the model is told with each frame, each 0 to 1."""
DENSEST: Final = 5.0
"""Density 1 is 2 to the power of this, less one, strikes a second."""
HOLD: Final = 5
"""Frames for which a strike is told."""
EXCERPT: Final = 32
"""Frames of a sound that its character is taken from."""


class Told(msgspec.Struct, frozen=True):
    """One frame's conditions. `pitch_classes` is empty for no chord, which leaves a sound as it is."""

    pitch_classes: tuple[int, ...] = ()
    density: float = 0.0
    """Strikes a second."""
    brightness: float = 0.5
    """Where the middle of the sound is to lie: 0 in the lowest band, 1 in the highest."""
    struck: tuple[tuple[int, float], ...] = ()
    """MIDI pitches that were struck at this frame or the HOLD - 1 before it, and how hard, 0 to 1."""

    def vector(self) -> Array:
        """The same as numbers, [TOLD]."""
        numbers = np.zeros(TOLD, np.float32)
        numbers[list(self.pitch_classes)] = 1.0
        numbers[DENSITY] = density_number(self.density)
        numbers[BRIGHTNESS] = self.brightness
        for pitch, strength in self.struck:
            key = STRUCK.start + key_of(pitch)
            numbers[key] = max(numbers[key], strength)
        return np.clip(numbers, 0.0, 1.0)


def density_number(strikes: float) -> float:
    """Strikes a second on the model's scale."""
    return math.log2(1.0 + max(strikes, 0.0)) / DENSEST


def key_of(pitch: float) -> int:
    """The band of a MIDI pitch; one beyond the keyboard counts as its last key."""
    return min(max(round(pitch) - LOWEST, 0), KEYS - 1)
