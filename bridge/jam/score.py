"""Hit rate: how often the band had something of the model's to play when its moment came."""

import math

from bridge.music.note import Span

TICK = 0.25
"""A 16th, in beats."""


class HitRate:
    """Counts the 16ths of the band's turns; a 16th is a hit if the plan, not the vamp, had reached past it.

    This is ISR as StreamMUSE defines it: the mean over ticks of «there was something to schedule».
    """

    def __init__(self) -> None:
        self.ticks = 0
        self.hits = 0
        self._seen = -math.inf

    def look(self, turn: Span, now: float, filled: float, vamped: float | None) -> None:
        """Count the ticks of the turn that have come up since the last look."""
        tick = math.ceil(max(self._seen, turn.start) / TICK - 1e-9)
        if tick * TICK <= self._seen:
            tick += 1
        while tick * TICK <= now and tick * TICK < turn.end:
            self.ticks += 1
            self.hits += filled > tick * TICK and (vamped is None or tick * TICK >= vamped)
            self._seen = tick * TICK
            tick += 1

    def forget_position(self) -> None:
        """The music jumped: count on from wherever it goes on."""
        self._seen = -math.inf

    @property
    def rate(self) -> float:
        """Share of hits, 1 before anything was counted."""
        return self.hits / self.ticks if self.ticks else 1.0
