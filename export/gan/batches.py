"""Batches of windows for training: drawn, sometimes cut to another meter, tapped, and told what they are."""

import math

import msgspec
import numpy as np
import torch
from torch import Tensor

from bridge.engine.gan_rows import (
    DENSITY,
    DENSITY_KNOWN,
    DENSITY_UNIT,
    FOLLOW,
    TAPPED,
    WISHES,
    Hits,
    Row,
    frame,
)
from bridge.engine.window import PER_BEAT, STEPS
from export.gan.deck import Deck, Ints
from export.gan.grooves import BAR
from export.gan.taps import Flags, handled, plain, stacked, tapped

CUT = 0.12
"""Share of the windows of 4/4 that are cut to another meter."""
METERS = ((12, 24), (14, 28), (10, 20), (20, 20), (8, 32))
"""Steps of the bar and of the window that windows are cut to."""
HIDE_GENRE, HIDE_DENSITY = 0.35, 0.5


class Batch(msgspec.Struct, frozen=True):
    """Windows as tensors: kit [B, 27, 32], tap [B, 3, 32], frame [B, 7, 32], wishes [B, 16]."""

    kit: Tensor
    tap: Tensor
    frame: Tensor
    wishes: Tensor

    def __len__(self) -> int:
        return len(self.kit)

    def rows(self, index: Tensor) -> "Batch":
        """Some of them."""
        return Batch(self.kit[index], self.tap[index], self.frame[index], self.wishes[index])


def draw(deck: Deck, count: int, random: np.random.Generator) -> Batch:
    """Windows for training."""
    index = random.choice(len(deck.weight), count, p=deck.weight)
    kit = Hits(*(part[index] for part in deck.kit))
    bar, steps, fills = deck.bar[index], deck.steps[index], deck.fills[index]
    side = deck.side[index]
    rhythm = tapped(kit, random)
    beside = np.flatnonzero(side >= 0)
    if len(beside):
        rhythm = _with(rhythm, handled(_played(deck, side[beside], random), random), beside)
    for row in np.flatnonzero((bar == BAR) & (random.random(count) < CUT)):
        bar[row], steps[row] = METERS[int(random.integers(len(METERS)))]
        kept = _cut(int(bar[row]), int(steps[row]))
        for part in (*kit, *rhythm):
            cut = part[row][..., kept]
            part[row] = 0.0
            part[row][..., : steps[row]] = cut
        if bar[row] != BAR // 2:
            fills[row, steps[row] // bar[row] :] = 0.0
        else:
            fills[row] = np.repeat(fills[row, :2], 2)
    genre = deck.genre[index] * (random.random(count) >= HIDE_GENRE)
    known = random.random(count) >= HIDE_DENSITY
    return _batch(kit, rhythm, bar, steps, fills, genre, known, side < 0)


def whole(deck: Deck, taps: Hits | None = None, told: bool = True) -> Batch:
    """Every window as it is, with its plain tap (or those given), its genre, and its density where `told`."""
    rhythm = plain(deck.kit) if taps is None else taps
    known = np.full(len(deck.bar), told)
    return _batch(deck.kit, rhythm, deck.bar, deck.steps, deck.fills, deck.genre, known, np.ones_like(known))


def density(onset: Row, steps: Ints) -> Row:
    """Onsets a beat of kits [B, 9, 32], drums hit together being one."""
    found: Row = onset.any(1).sum(1) / (steps / PER_BEAT)
    return found


def _batch(kit: Hits, tap: Hits, bar: Ints, steps: Ints, fills: Row, genre: Ints, known: Flags, follow: Flags) -> Batch:
    count = len(bar)
    wishes = np.zeros((count, WISHES), np.float32)
    told = np.flatnonzero(genre > 0)
    wishes[told, genre[told].astype(int) - 1] = 1.0
    wishes[:, DENSITY] = density(kit.onset, steps) / DENSITY_UNIT * known
    wishes[:, DENSITY_KNOWN] = known
    there = tap.onset.any(1)
    wishes[:, FOLLOW], wishes[:, TAPPED] = follow & there, there
    grid = np.stack(
        [frame(int(s), int(b), np.flatnonzero(f).tolist()) for s, b, f in zip(steps, bar, fills, strict=True)]
    )
    parts = np.concatenate([kit.onset, kit.velocity, kit.offset], 1)
    return Batch(*(torch.from_numpy(np.ascontiguousarray(each)) for each in (parts, stacked(tap), grid, wishes)))


def _played(deck: Deck, sides: Ints, random: np.random.Generator) -> Hits:
    """The rhythm [M, 32] of one or more of the voices beside, at random."""
    onset, velocity, offset = (part[sides] for part in deck.beside)
    pick = random.random(onset.shape[:2]) < 0.5
    pick[np.arange(len(pick)), random.integers(0, pick.shape[1], len(pick))] = True
    loud = (velocity * pick[..., None]).argmax(1)[:, None]
    there = (onset * pick[..., None]).max(1)
    return Hits(
        there, np.take_along_axis(velocity, loud, 1)[:, 0] * there, np.take_along_axis(offset, loud, 1)[:, 0] * there
    )


def _with(all: Hits, some: Hits, where: Ints) -> Hits:
    for part, new in zip(all, some, strict=True):
        part[where] = new
    return all


def _cut(bar: int, steps: int) -> Ints:
    """Which steps of two bars of 4/4 make bars of `bar` steps, `steps` in all."""
    if bar > BAR or STEPS % bar == 0:
        return np.arange(steps)
    return np.concatenate([np.arange(first, first + bar) for first in range(0, math.ceil(steps / bar) * BAR, BAR)])[
        :steps
    ]
