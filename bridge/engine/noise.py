"""Noise that is a function of where it is used, so that the same place always gets the same numbers.

A counter-based generator: the SplitMix64 finaliser (Steele, Lea and Flood, OOPSLA 2014) over the seed and the place.
"""

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import FIELDS

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def uniform(seed: int, *place: int) -> list[float]:
    """One number in (0, 1) for every field of an event, for a seed and the integers that name the place."""
    key = _mix(seed & _MASK)
    for part in place:
        key = _mix(key ^ ((part * _GOLDEN) & _MASK))
    return [((_mix(key + lane * _GOLDEN) >> 40) + 0.5) / (1 << 24) for lane in range(1, len(FIELDS) + 1)]


GUMBELS = 1 << 17
"""Numbers of Gumbel noise that there are; a place says where in them a field's begin."""


def gumbels() -> NDArray[np.float32]:
    """Gumbel noise, the same every time: -log(-log(u)) for u spread by chance over (0, 1)."""
    value = np.arange(1, GUMBELS + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    u = ((value >> np.uint64(40)).astype(np.float64) + 0.5) / (1 << 24)
    return (-np.log(-np.log(u))).astype(np.float32)


def lanes(seed: int, count: int, *place: int) -> list[int]:
    """`count` numbers of 20 bits for a seed and the integers that name the place."""
    key = seed & _MASK
    for part in place:
        key = (key * _GOLDEN + part + 1) & _MASK
    found: list[int] = []
    while len(found) < count:
        key = _mix(key)
        found += [key >> 44, (key >> 24) & 0xFFFFF, (key >> 4) & 0xFFFFF]
    return found[:count]


def _mix(value: int) -> int:
    value = (value + _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
