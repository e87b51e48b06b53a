"""What a model is asked for, as numbers: scale, density and register, each with a flag that it is known."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

SIZE = 17
"""12 scale bits, scale known, density, density known, register, register known."""
SCALE, SCALE_KNOWN, DENSITY, DENSITY_KNOWN, REGISTER, REGISTER_KNOWN = slice(0, 12), 12, 13, 14, 15, 16

DENSITY_UNIT = 2.0
"""Onsets a beat that count as 1."""
REGISTER_MIDDLE, REGISTER_UNIT = 66.0, 12.0
"""Mean pitch that counts as 0, and semitones that count as 1."""


def controls(key: Iterable[int] = (), density: float = math.nan, register: float = math.nan) -> NDArray[np.float32]:
    """Controls [17] from a scale's pitch classes, onsets a beat and mean MIDI pitch; empty or NaN = not known."""
    row = np.zeros(SIZE, np.float32)
    for pitch_class in key:
        row[pitch_class % 12] = 1.0
        row[SCALE_KNOWN] = 1.0
    if math.isfinite(density):
        row[DENSITY] = density / DENSITY_UNIT
        row[DENSITY_KNOWN] = 1.0
    if math.isfinite(register):
        row[REGISTER] = (register - REGISTER_MIDDLE) / REGISTER_UNIT
        row[REGISTER_KNOWN] = 1.0
    return row
