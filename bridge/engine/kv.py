"""Keys and values of what was read: a ring for one line of moments, and room beside it for other lines made up at once.

The graphs give back only new columns, and these are written in their place here. A moment's place in the ring follows
from its number, so a new one overwrites the oldest, and nothing is ever read again to make room. What is made up goes
into the ring behind what was played, and is overwritten when the real events come. Winding back costs nothing: what
lies beyond is not looked at, and the ring has by so many moments less to look at until they are played again.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.features import HEAD
from bridge.engine.moment import Moment

Array = NDArray[np.float32]

HIDDEN = np.float32(-1.0e9)
"""Added to the score of what must not be looked at or chosen."""
SLACK = 64
"""Moments that can be made up before the oldest ones within reach are overwritten."""
NEVER = -(1 << 40)
"""Number of the moment in a place where there is none yet."""
WIDTH = 64
"""Columns by which the room beside the ring grows."""


class Cache:
    """Columns of the last moments; each looks back at `context` of them, itself counted in."""

    def __init__(self, layers: int, context: int) -> None:
        self.layers = layers
        self.context = context
        self.size = context + SLACK
        """Columns of the ring."""
        self.room = 0
        """Columns beside the ring."""
        self._columns = np.zeros((2 * layers, self.size, HEAD), np.float32)
        self._moments: list[Moment | None] = [None] * self.size
        self._numbers = np.full(self.size, NEVER, np.int64)

    def feeds(self, ring_only: bool) -> dict[str, Array]:
        """Keys and values [P, 64] of each layer as the graphs' inputs; they stay the same arrays until room is made."""
        end = self.size if ring_only else self.size + self.room
        names = [f"{kind}_{layer}" for kind in ("keys", "values") for layer in range(self.layers)]
        return {name: self._columns[n, :end] for n, name in enumerate(names)}

    def holds(self, moment: Moment) -> bool:
        """Whether the column of this very moment is there."""
        return self._moments[moment.number % self.size] is moment

    def write(self, moments: Sequence[Moment], keys: Array, values: Array) -> None:
        """Put in the columns [T, L * 64] of moments that follow one another, `size` at most."""
        slots = [moment.number % self.size for moment in moments]
        for slot, moment in zip(slots, moments, strict=True):
            self._moments[slot] = moment
            self._numbers[slot] = moment.number
        shape = (len(moments), self.layers, HEAD)
        self._columns[: self.layers, slots] = keys.reshape(shape).transpose(1, 0, 2)
        self._columns[self.layers :, slots] = values.reshape(shape).transpose(1, 0, 2)

    def keep(self, moment: Moment, keys: Array, values: Array) -> None:
        """Put in the columns [L * 64] of one moment."""
        slot = moment.number % self.size
        self._moments[slot] = moment
        self._numbers[slot] = moment.number
        self.set(slot, keys, values)

    def set(self, column: int, keys: Array, values: Array) -> None:
        """Write one column [L * 64], of the ring or beside it."""
        self._columns[: self.layers, column] = keys.reshape(self.layers, HEAD)
        self._columns[self.layers :, column] = values.reshape(self.layers, HEAD)

    def seen(self, number: int, before: int | None = None) -> NDArray[np.bool_]:
        """Which columns of the ring a moment of a number may look at: those before it (or before another) in reach."""
        numbers = self._numbers
        return (numbers > number - self.context) & (numbers < (number if before is None else before))

    def make_room(self, columns: int) -> bool:
        """See that there are so many columns beside the ring. True where the arrays are others now."""
        if columns <= self.room:
            return False
        room = -(-columns // WIDTH) * WIDTH
        self._columns = np.pad(self._columns, ((0, 0), (0, room - self.room), (0, 0)))
        self.room = room
        return True
