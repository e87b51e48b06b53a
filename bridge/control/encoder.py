"""Endless encoders: what they send says how far they were turned, in one of several codes."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

MACKIE_KNOBS = range(16, 24)
"""The controllers of the eight encoders on surfaces that speak Mackie Control."""
ENOUGH = 4
"""Values, one of them twice in a row, by which an encoder gives itself away."""
SLOW = 8
"""An encoder that is turned to be learnt sends no more steps at once."""


class Encoder(StrEnum):
    """How a 7-bit value says a number of steps."""

    TWOS_COMPLEMENT = "two's complement"
    """1, 2, .. up; 127, 126, .. down."""
    BINARY_OFFSET = "binary offset"
    """65, 66, .. up; 63, 62, .. down."""
    SIGN_MAGNITUDE = "sign-magnitude"
    """1, 2, .. up; 65, 66, .. down."""
    MACKIE = "mackie"
    """Sign and magnitude, the faster the larger, as the encoders of a Mackie Control send it."""

    def steps(self, value: int) -> int:
        """How many steps up (negative: down) a value means."""
        match self:
            case Encoder.TWOS_COMPLEMENT:
                return value if value < 64 else value - 128
            case Encoder.BINARY_OFFSET:
                return value - 64
            case Encoder.SIGN_MAGNITUDE | Encoder.MACKIE:
                return -(value & 0x3F) if value & 0x40 else value & 0x3F

    def code(self, steps: int) -> int:
        """The value that says so many steps; at most 63 either way."""
        steps = min(max(steps, -63), 63)
        match self:
            case Encoder.TWOS_COMPLEMENT:
                return steps % 128
            case Encoder.BINARY_OFFSET:
                return steps + 64
            case Encoder.SIGN_MAGNITUDE | Encoder.MACKIE:
                return abs(steps) | (0x40 if steps < 0 else 0)


_UP, _DOWN = frozenset(range(1, SLOW + 1)), frozenset(range(128 - SLOW, 128))
_ABOVE, _BELOW = frozenset(range(65, 65 + SLOW)), frozenset(range(64 - SLOW, 64))


def doubtful(values: Sequence[int]) -> bool:
    """Whether values may be an encoder's steps, or a fader's places just as well."""
    seen = set(values)
    return any(seen <= code for code in (_UP | _DOWN, _ABOVE | _BELOW, _UP | _ABOVE))


def recognise(values: Sequence[int], number: int) -> Encoder | None:
    """The code of an encoder, from what it sent while it was turned, up first; None for what seems a fader.

    `number` is its controller's. A fader never says the same value twice running; an encoder hardly says another.
    """
    if len(values) < ENOUGH or all(first != second for first, second in pairwise(values)):
        return None
    seen = set(values)
    signed = Encoder.MACKIE if number in MACKIE_KNOBS else Encoder.SIGN_MAGNITUDE
    if number in MACKIE_KNOBS and seen <= _UP | _ABOVE:
        return signed
    if seen <= _UP | _DOWN:
        return Encoder.TWOS_COMPLEMENT
    if seen <= _ABOVE | _BELOW:
        return Encoder.BINARY_OFFSET
    return signed if seen <= _UP | _ABOVE else None
