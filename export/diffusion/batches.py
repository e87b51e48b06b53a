"""Batches of windows: what is given, what is told, and what is to be found."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bridge.engine.diffusion_condition import (
    AFTER,
    DENSITY,
    DENSITY_TOLD,
    FILL,
    FREE,
    HERE,
    KEY_TOLD,
    LENGTH,
    PHRASE,
    PLAYING,
    SCALE,
    STYLE,
    TOLD,
)
from bridge.engine.diffusion_roll import CHANNELS_OF, spread
from bridge.engine.diffusion_table import COLUMNS, VOICES
from bridge.engine.window import STEPS
from export.diffusion.dataset import Shelf, told
from export.diffusion.masks import Mask, draw


class Batch(NamedTuple):
    """B windows: clean rolls, masks, what is told, and the window's tables."""

    clean: Tensor
    """[B, LENGTH, CHANNELS]"""
    given: Tensor
    """[B, LENGTH, 4]"""
    made: Tensor
    """[B, LENGTH, 4]"""
    steps: Tensor
    whole: Tensor
    table: Tensor
    """[B, STEPS, COLUMNS]"""


def around(shelf: Shelf, index: int) -> NDArray[np.int16]:
    """The table [LENGTH, COLUMNS] of a window with its neighbours; silence where there is none."""
    table = np.zeros((LENGTH, COLUMNS), np.int16)
    before, after = int(shelf.before[index]), int(shelf.after[index])
    if before >= 0:
        table[:STEPS] = shelf.tables[before]
    table[HERE] = shelf.tables[index]
    if after >= 0:
        table[HERE.stop :] = shelf.tables[after, :AFTER]
    return table


def batch(shelf: Shelf, indices: NDArray[np.int64], random: np.random.Generator) -> Batch:
    """Windows with tasks drawn for them, parts of what could be told left out."""
    tables = np.stack([around(shelf, int(index)) for index in indices])
    given, made, steps, whole = [], [], [], []
    for index in indices.tolist():
        rows, row = told(shelf, index)
        known, missing, voices = draw(
            random,
            shelf.playing[index],
            int(shelf.steps[index, 0]),
            bool(shelf.before[index] >= 0),
            bool(shelf.after[index] >= 0),
        )
        row[PLAYING] = voices
        leave_out(random, rows, row)
        given.append(known)
        made.append(missing)
        steps.append(rows)
        whole.append(row)
    return gather(tables, np.stack(given), np.stack(made), np.stack(steps), np.stack(whole))


def gather(
    tables: NDArray[np.int16], given: Mask, made: Mask, steps: NDArray[np.float32], whole: NDArray[np.float32]
) -> Batch:
    """A batch of arrays whose first axis is the window."""
    return Batch(
        torch.from_numpy(spread(tables)),
        torch.from_numpy(given),
        torch.from_numpy(made),
        torch.from_numpy(steps),
        torch.from_numpy(whole),
        torch.from_numpy(tables[:, HERE].astype(np.int64)),
    )


def leave_out(random: np.random.Generator, rows: NDArray[np.float32], row: NDArray[np.float32]) -> None:
    """Leave out parts of what is told of a window, in place; sometimes all that can be."""
    if random.random() < 0.1:
        rows[:, [*range(TOLD + 1), FILL]] = 0.0
        for part in FREE:
            row[part] = 0.0
        return
    chance = random.random()
    if chance < 0.5:
        rows[:, : TOLD + 1] = 0.0
    elif chance < 0.6:
        rows[:STEPS, : TOLD + 1] = 0.0
    if random.random() < 0.3:
        rows[:, FILL] = 0.0
    if random.random() < 0.15:
        row[SCALE] = row[KEY_TOLD] = 0.0
    if random.random() < 0.5:
        row[STYLE] = 0.0
    hidden = random.random(len(VOICES)) < (0.4 if random.random() < 0.4 else 1.0)
    row[DENSITY][hidden] = 0.0
    row[DENSITY_TOLD][hidden] = 0.0
    if random.random() < 0.3:
        row[PHRASE] = 0.0


def by_channel(cells: Tensor) -> Tensor:
    """Cells [..., 4] by voice as cells [..., CHANNELS]."""
    widths = torch.tensor([part.stop - part.start for part in (CHANNELS_OF[voice] for voice in VOICES)])
    return torch.repeat_interleave(cells, widths, -1)
