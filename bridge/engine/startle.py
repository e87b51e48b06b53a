"""Whether the player has left what the model expected of them, so that the plan must change at once.

Each key that goes down startles by the nats by which it is less likely than the likeliest; single passing notes do
not add up, several odd ones in a row or one very odd one do. On held-out tunes 9 % of the notes as written are an
alarm; moved by a tritone, 72 % of the tunes are one at the first note and 85 % by the second.
"""

import math

from bridge.engine.grid import TICKS

USUAL = 1.0
"""Nats that a note may be less likely than the likeliest without startling at all."""
ALARM = 2.0
"""Nats beyond the usual, lately, from which on the player has left what was expected."""
HALF_LIFE = 2.0 * TICKS
"""Ticks after which a startle counts half."""


class Startle:
    """The startles of late."""

    def __init__(self) -> None:
        self._nats = 0.0
        self._tick = 0
        self.left = False
        """Whether the player has left what was expected since `calm`."""

    def hear(self, tick: int, nats: float) -> None:
        """A key went down at a tick that was so many nats less likely than the likeliest; NaN says nothing."""
        if math.isnan(nats):
            return
        since = max(tick - self._tick, 0)
        self._nats = self._nats * 0.5 ** (since / HALF_LIFE) + max(0.0, nats - USUAL)
        self._tick = tick
        self.left = self.left or self._nats > ALARM

    def calm(self) -> None:
        """The plan has been made anew with what was heard."""
        if self.left:
            self._nats = 0.0
        self.left = False

    def forget(self) -> None:
        """Nothing was heard."""
        self._nats, self._tick, self.left = 0.0, 0, False
