"""What counting alone achieves on the same streams: each field from a few fields before it, smoothed by simpler counts.

A model that is no better than this has not learnt to listen.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import FIELDS, SIZES, Part
from bridge.engine.features import CLASSES

Ints = NDArray[np.int64]
BAND = (Part.LEAD, Part.CHORDS, Part.BASS, Part.DRUMS)
SMOOTHING = 2.0
"""Weight of the simpler count, as so many more observations."""


class Known(NamedTuple):
    """What the counts look at: events [N, 5], places [N, 2], own [N] and references [N, 4], as in a stream."""

    events: Ints
    places: Ints
    own: Ints
    references: Ints


def contexts(known: Known) -> list[tuple[Ints, ...]]:
    """For each field, contexts of the events from the second on, simpler ones first, each as one number."""
    before, now = known.events[:-1], known.events[1:]
    voice, into = now[:, 0], known.places[1:, 0]
    came_from = known.places[:-1, 0]
    nothing = np.zeros(len(now), np.int64)
    player = np.where(known.references[1:, 0] < 0, CLASSES - 1, known.references[1:, 0] % 12)
    return [
        (nothing, before[:, 0], before[:, 0] * 200 + came_from % 96),
        (voice, voice * 10 + before[:, 0], (voice * 10 + before[:, 0]) * 200 + came_from % 24),
        (voice, voice * 200 + known.own[1:], (voice * 200 + known.own[1:]) * 20 + player),
        (voice, voice * 30 + before[:, 3], voice * 1000 + into),
        (voice, voice * 20 + before[:, 4], voice * 1000 + into),
    ]


class Counts:
    """Counts of each field's classes in each context."""

    def __init__(self) -> None:
        self._tables: list[list[dict[int, NDArray[np.float64]]]] = [[{}, {}, {}] for _ in FIELDS]

    def learn(self, streams: Iterable[Known]) -> None:
        """Count some streams."""
        for known in streams:
            for field, levels in enumerate(contexts(known)):
                for level, keys in enumerate(levels):
                    table = self._tables[field][level]
                    for key, value in zip(keys.tolist(), known.events[1:, field].tolist(), strict=True):
                        if key not in table:
                            table[key] = np.zeros(SIZES[field])
                        table[key][value] += 1

    def judge(self, streams: Sequence[Known]) -> dict[str, float]:
        """Nats a band note by field, and «note» (voice + shift + pitch + duration)."""
        found: dict[str, float] = {}
        for field, name in enumerate(FIELDS):
            total, count = 0.0, 0
            for known in streams:
                band = np.isin(known.events[1:, 0], BAND)
                levels = [keys[band].tolist() for keys in contexts(known)[field]]
                for n, value in enumerate(known.events[1:, field][band].tolist()):
                    total -= np.log(self._chance(field, [keys[n] for keys in levels], value))
                    count += 1
            found[name] = float(total / max(count, 1))
        found["note"] = sum(found[name] for name in FIELDS[:4])
        return found

    def _chance(self, field: int, keys: list[int], value: int) -> float:
        chance = 1.0 / SIZES[field]
        for level, key in enumerate(keys):
            counts = self._tables[field][level].get(key)
            if counts is not None:
                chance = (counts[value] + SMOOTHING * chance) / (counts.sum() + SMOOTHING)
        return float(chance)
