"""How the next events of an answer's candidates are drawn: what may be chosen, and the noise that decides."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import DURATIONS, PARTS, PITCHES, SHIFTS, Part
from bridge.engine.kv import HIDDEN
from bridge.engine.noise import GUMBELS, gumbels, lanes
from bridge.engine.page import Page

if TYPE_CHECKING:
    from bridge.engine.writer import Row, Task

EVENNESS = 0.4
"""Share of the velocity's spread that is drawn from, around its median."""
WIDEST = 30.0
"""Nats below the likeliest from which on a class is as good as impossible."""
NOISE = gumbels()
LANES = GUMBELS - SHIFTS
"""Places in the noise where a field's may begin."""
LEAST = np.concatenate([np.full(SHIFTS, HIDDEN, np.float32), np.zeros(SHIFTS, np.float32)])
"""A mask of shifts for every least one: it begins that much before the middle."""
PARTS_AS_THEY_ARE = np.arange(PARTS)


class Dice:
    """Writes each row's draw into a page; what stays the same for a task is made once."""

    def __init__(self, task: "Task", page: Page) -> None:
        self._task = task
        self._page = page
        self._pitches = np.where(task.pitches, np.float32(0), HIDDEN)
        self._pitches[Part.RELEASE] = HIDDEN
        anybody = task.pitches.any(1)
        self._voices = [
            np.isin(PARTS_AS_THEY_ARE, [part for _, parts in task.opens[: stage + 1] for part in parts]) & anybody
            for stage in range(len(task.opens))
        ]
        self._held: list[frozenset[int] | None] = [None] * page.rows
        page.daring[:] = task.daring
        page.pitch_mask[:] = self._pitches

    def throw(self, n: int, row: "Row") -> None:
        """For one row's next event."""
        page, task, held = self._page, self._task, row.moment.held
        if held is not self._held[n]:
            self._held[n] = held
            self._hold(n, held)
        voice, shift, pitch, duration, level = lanes(
            task.seed, 5, row.number, row.floor, row.moment.number, row.attempt, row.stage
        )
        page.voice_noise[n] = _noise(voice, PARTS) + task.urges + self._may(row.stage, bool(held))
        page.shift_noise[n] = _noise(shift, SHIFTS)
        page.pitch_noise[n] = _noise(pitch, PITCHES)
        page.duration_noise[n] = _noise(duration, len(DURATIONS))
        page.quantile[n] = 0.5 + EVENNESS * ((level + 0.5) / (1 << 20) - 0.5)
        least = min(max(row.floor - row.near(), 0), SHIFTS - 1)
        page.shift_mask[n] = LEAST[SHIFTS - least : 2 * SHIFTS - least]

    def _hold(self, n: int, held: frozenset[int]) -> None:
        """A key that is down cannot go down, and no other can be let go."""
        keys = self._page.pitch_mask[n]
        keys[Part.HELD] = self._pitches[Part.HELD]
        keys[Part.RELEASE] = HIDDEN
        if held:
            down = list(held)
            keys[Part.HELD, down] = HIDDEN
            keys[Part.RELEASE, down] = 0.0

    def _may(self, stage: int, holds: bool) -> NDArray[np.float32]:
        """What to add to the scores of the voices."""
        voices = self._voices[min(stage, len(self._voices) - 1)].copy()
        voices[Part.RELEASE] &= holds
        if not voices.any():  # nobody may play: the draw does not matter, time moves on
            voices[Part.HELD] = True
        return np.where(voices, np.float32(0), HIDDEN)


def _noise(lane: int, count: int) -> NDArray[np.float32]:
    start = lane * LANES >> 20
    return NOISE[start : start + count]


def daring(temperature: float, min_p: float) -> tuple[float, float]:
    """What the graph is told of how freely a part chooses: one by its temperature, and nats below the likeliest."""
    return 1.0 / temperature, min(-float(np.log(max(min_p, 1e-20))), WIDEST)
