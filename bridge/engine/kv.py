"""Keys and values of what was read: a ring for what was really played, a suffix for what is being made up.

The graphs give back only new columns, and these are written in their place here. The ring holds the last `size`
moments: a new one overwrites the oldest, so nothing is ever read again to make room. Winding back costs nothing: what
lies beyond is not looked at, and the ring has by so many moments less to look at until they are played again.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.features import HEAD
from bridge.engine.moment import Moment

Array = NDArray[np.float32]

HIDDEN = np.float32(-1.0e9)
"""Added to the score of a column that must not be looked at."""
WIDTH = 64
"""Columns by which a suffix grows."""


class Ring:
    """Columns of the last `size` moments, shared by all candidates."""

    def __init__(self, layers: int, size: int) -> None:
        self.size = size
        self.keys = [np.zeros((HEAD, size), np.float32) for _ in range(layers)]
        self.values = [np.zeros((size, HEAD), np.float32) for _ in range(layers)]
        self._moments: list[Moment | None] = [None] * size
        self._numbers = np.full(size, -1, np.int64)
        self._mask: tuple[int, Array] | None = None

    def holds(self, moment: Moment) -> bool:
        """Whether the column of this very moment is there."""
        return self._moments[moment.number % self.size] is moment

    def write(self, moments: Sequence[Moment], keys: Array, values: Array) -> None:
        """Put in the columns [T, L * 64] of moments that follow one another, `size` at most."""
        self._mask = None
        slots = np.array([moment.number % self.size for moment in moments])
        for layer, (all_keys, all_values) in enumerate(zip(self.keys, self.values, strict=True)):
            part = slice(layer * HEAD, (layer + 1) * HEAD)
            all_keys[:, slots] = keys[:, part].T
            all_values[slots] = values[:, part]
        for slot, moment in zip(slots, moments, strict=True):
            self._moments[slot] = moment
            self._numbers[slot] = moment.number

    def mask(self, before: int) -> Array:
        """What to add to scores [P]: only the moments with numbers below `before`, and within reach, are seen."""
        if self._mask is None or self._mask[0] != before:
            seen = (self._numbers >= max(before - self.size, 0)) & (self._numbers < before)
            self._mask = (before, np.where(seen, np.float32(0), HIDDEN))
        return self._mask[1]


class Suffix:
    """Columns of moments that were made up, for each of some candidates; a candidate may leave a column unused."""

    def __init__(self, layers: int, candidates: int) -> None:
        self.count = 0
        self.keys = [np.zeros((candidates, HEAD, WIDTH), np.float32) for _ in range(layers)]
        self.values = [np.zeros((candidates, WIDTH, HEAD), np.float32) for _ in range(layers)]
        self.mask = np.full((candidates, WIDTH), HIDDEN, np.float32)
        """What to add to scores [B, S]."""

    def write(self, keys: Array, values: Array) -> None:
        """Add columns [T, L * 64] that all candidates share."""
        count = len(keys)
        self._make_room(count)
        part = slice(self.count, self.count + count)
        for layer, (all_keys, all_values) in enumerate(zip(self.keys, self.values, strict=True)):
            own = slice(layer * HEAD, (layer + 1) * HEAD)
            all_keys[:, :, part] = keys[:, own].T
            all_values[:, part] = values[:, own]
        self.mask[:, part] = 0.0
        self.count += count

    def append(self, keys: Array, values: Array, used: Sequence[bool]) -> None:
        """Add one column [B, L * 64] to each candidate's own, to be seen by those that use it."""
        self._make_room(1)
        for layer, (all_keys, all_values) in enumerate(zip(self.keys, self.values, strict=True)):
            own = slice(layer * HEAD, (layer + 1) * HEAD)
            all_keys[:, :, self.count] = keys[:, own]
            all_values[:, self.count] = values[:, own]
        self.mask[list(used), self.count] = 0.0
        self.count += 1

    def _make_room(self, count: int) -> None:
        missing = self.count + count - self.mask.shape[1]
        if missing <= 0:
            return
        more = -(-missing // WIDTH) * WIDTH
        self.keys = [np.pad(keys, ((0, 0), (0, 0), (0, more))) for keys in self.keys]
        self.values = [np.pad(values, ((0, 0), (0, more), (0, 0))) for values in self.values]
        self.mask = np.pad(self.mask, ((0, 0), (0, more)), constant_values=HIDDEN)
