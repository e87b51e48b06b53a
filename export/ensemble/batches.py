"""Streams packed into rows of equal length, as tensors for the accompanist."""

from collections.abc import Sequence

import numpy as np
import torch

from bridge.engine.features import angles
from export.data.mixture import chances
from export.data.piece import Piece
from export.ensemble.chances import LIVE, Chances
from export.ensemble.layout import Lines, cut, joined, lay_out
from export.families.transformer import Sheet

SHORTEST = 24
"""Events that a stream has at least, but for the last of a row."""


class Deck:
    """Draws training pieces as the mixture of the sets says."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = list(pieces)
        self._sums = np.cumsum(chances(self._pieces))

    def draw(self, random: np.random.Generator) -> Piece:
        """One piece."""
        return self._pieces[min(int(np.searchsorted(self._sums, random.random())), len(self._pieces) - 1)]


def row(deck: Deck, length: int, random: np.random.Generator, how: Chances = LIVE) -> list[Lines]:
    """Streams that fill `length` events together; the last is cut."""
    found: list[Lines] = []
    left = length
    while left > 0:
        lines = lay_out(deck.draw(random), length, random, how)
        if len(lines.events) < min(left, SHORTEST):
            continue
        found.append(cut(lines, slice(left)))
        left -= len(found[-1].events)
    return found


def fold(rows: Sequence[Sequence[Lines]]) -> Sheet:
    """Rows of streams, all of the same length, as one batch."""
    streams = [joined(row) for row in rows]
    numbers = [np.concatenate([np.arange(len(lines.events)) for lines in row]) for row in rows]
    number_of = [np.repeat(np.arange(len(row)), [len(lines.events) for lines in row]) for row in rows]
    turned = [angles(number, lines.ticks) for number, lines in zip(numbers, streams, strict=True)]

    def stack(arrays: Sequence[np.ndarray]) -> torch.Tensor:
        return torch.from_numpy(np.stack(arrays))

    return Sheet(
        events=stack([lines.events for lines in streams]),
        places=stack([lines.places for lines in streams]),
        columns=stack([lines.columns for lines in streams]),
        controls=stack([lines.controls for lines in streams]),
        cos=stack([cos for cos, _ in turned]),
        sin=stack([sin for _, sin in turned]),
        own=stack([lines.own for lines in streams]),
        references=stack([lines.references for lines in streams]),
        stream=stack(number_of),
        dynamics=stack([lines.dynamics for lines in streams]),
        worth=stack([lines.worth for lines in streams]),
    )


def to(sheet: Sheet, device: torch.device) -> Sheet:
    """The batch on a device."""
    if device.type == "cpu":
        return sheet
    return Sheet(*(getattr(sheet, name).pin_memory().to(device, non_blocking=True) for name in sheet.__struct_fields__))
