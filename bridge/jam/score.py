"""Hit rate and staleness: how often the band had something to play when its moment came, and how fresh it was."""

import math

import msgspec

from bridge.music.note import Span, Voice

TICK = 0.25
"""A 16th, in beats."""
HORIZON = 32
"""16ths after which a plan counts as worth nothing, in the weighted rate."""


class Tally(msgspec.Struct):
    """16ths that came up, hits among them, and the sum of the hits' ages in 16ths."""

    ticks: int = 0
    hits: int = 0
    age: int = 0


class HitRate:
    """Counts the 16ths of the band's turns, voice by voice.

    A 16th is a hit if the model's plan, not the vamp, had reached past it; its age is its index in the answer that
    it came from, 0 for the first 16th asked for. These are ISR, staleness and ISRw as StreamMUSE (RTAS 2026, V-D)
    defines them, with C = 32.
    """

    def __init__(self) -> None:
        self._tallies: dict[Voice, Tally] = {}
        self._seen: dict[Voice, float] = {}

    def look(self, voice: Voice, turn: Span, now: float, filled: float, vamped: float, made: float) -> None:
        """Count the ticks of the turn that have come up since the last look.

        `filled`: stage beat up to which the voice's plan is complete; before `vamped` it is the vamp's; `made` is
        where the span of the answer begins that the plan now in force came from.
        """
        tally = self._tallies.setdefault(voice, Tally())
        seen = self._seen.get(voice, -math.inf)
        tick = math.ceil(max(seen, turn.start) / TICK - 1e-9)
        if tick * TICK <= seen:
            tick += 1
        first = math.ceil(made / TICK - 1e-9) if math.isfinite(made) else None
        while tick * TICK <= now and tick * TICK < turn.end:
            tally.ticks += 1
            if filled > tick * TICK >= vamped:
                tally.hits += 1
                tally.age += 0 if first is None else min(max(tick - first, 0), HORIZON)
            self._seen[voice] = tick * TICK
            tick += 1

    def forget_position(self) -> None:
        """The music jumped: count on from wherever it goes on."""
        self._seen.clear()

    @property
    def ticks(self) -> int:
        """16ths counted, all voices together."""
        return sum(tally.ticks for tally in self._tallies.values())

    @property
    def rate(self) -> float:
        """ISR: share of hits, 1 before anything was counted."""
        return self._hits / self.ticks if self.ticks else 1.0

    @property
    def staleness(self) -> float:
        """Mean age of the hits, in 16ths."""
        return self._age / self._hits if self._hits else 0.0

    @property
    def weighted(self) -> float:
        """ISRw: the hit rate with every hit weighed by its freshness, 1 before anything was counted."""
        return (self._hits - self._age / HORIZON) / self.ticks if self.ticks else 1.0

    @property
    def _hits(self) -> int:
        return sum(tally.hits for tally in self._tallies.values())

    @property
    def _age(self) -> int:
        return sum(tally.age for tally in self._tallies.values())
