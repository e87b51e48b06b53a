"""Noise that is a function of where it is used, so that the same place always gets the same numbers.

A counter-based generator: the SplitMix64 finaliser (Steele, Lea and Flood, OOPSLA 2014) over the seed and the place.
"""

from bridge.engine.codec import FIELDS

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def uniform(seed: int, *place: int) -> list[float]:
    """One number in (0, 1) for every field of an event, for a seed and the integers that name the place."""
    key = _mix(seed & _MASK)
    for part in place:
        key = _mix(key ^ ((part * _GOLDEN) & _MASK))
    return [((_mix(key + lane * _GOLDEN) >> 40) + 0.5) / (1 << 24) for lane in range(1, len(FIELDS) + 1)]


def _mix(value: int) -> int:
    value = (value + _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
