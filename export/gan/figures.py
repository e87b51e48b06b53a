"""Figures of grooves: how they follow a tap, how they are played, how they differ, and how well a judge tells them.

Grooves are hits [N, 9, 32] on a grid of 16ths; velocities are told in MIDI, lateness in beats.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.gan_rows import LATEST, PIECES, Hits, Row
from export.families.gan import Drummer, Judge
from export.gan.batches import Batch, whole
from export.gan.deck import Deck
from export.gan.losses import made, noise, score, spoilt

Values = NDArray[np.float64]
GLANCED = 384
"""Held-out windows that are looked at while training."""


def hits(windows: torch.Tensor) -> Hits:
    """Kits [N, 27, 32] as hits."""
    return Hits(*(part.numpy() for part in windows.detach().split(PIECES, 1)))


def followed(kit: Hits, tap: Row) -> float:
    """Share of the taps [N, 32] at which some drum is hit."""
    return float((kit.onset.any(1) & (tap > 0)).sum() / max((tap > 0).sum(), 1))


def carried(kit: Hits, tap: Row) -> float:
    """F1 between the taps [N, 32] and the steps at which bass drum, snare or a tom is hit."""
    beaten = kit.onset[:, [0, 1, 4, 5, 6]].any(1)
    both = (beaten & (tap > 0)).sum()
    return float(2 * both / max(beaten.sum() + (tap > 0).sum(), 1))


def velocities(kit: Hits) -> Values:
    """Velocity of every hit."""
    found: Values = (kit.velocity[kit.onset > 0] * 127).astype(float)
    return found


def lateness(kit: Hits) -> Values:
    """Beats by which every hit is late."""
    found: Values = (kit.offset[kit.onset > 0] * LATEST).astype(float)
    return found


def wasserstein(a: Values, b: Values) -> float:
    """Mean distance by which one's values must be moved to become the other's."""
    places = (np.arange(400) + 0.5) / 400
    return float(np.abs(np.quantile(a, places) - np.quantile(b, places)).mean()) if len(a) and len(b) else math.nan


def divergence(a: Values, b: Values, edges: Values) -> float:
    """Jensen-Shannon divergence in bits between two sets of values in bins."""
    p, q = (np.histogram(values, edges)[0] + 1.0e-9 for values in (a, b))
    p, q = p / p.sum(), q / q.sum()
    middle = (p + q) / 2
    return float(0.5 * (p * np.log2(p / middle)).sum() + 0.5 * (q * np.log2(q / middle)).sum())


def rates(kit: Hits) -> Values:
    """Share of the windows in which each piece is hit on each step [9, 32]."""
    found: Values = kit.onset.mean(0).astype(float)
    return found


def apart(a: Row, b: Row) -> Values:
    """Hits by which pairs of grooves [N, 9, 32] differ, as a share of those that either has."""
    either = np.maximum(np.maximum(a, b).sum((1, 2)), 1)
    found: Values = (np.abs(a - b).sum((1, 2)) / either).astype(float)
    return found


def nearest_of(kits: Row, train: Deck) -> Values:
    """For each groove [N, 9, 32] how far it is `apart` from the nearest human one of training."""
    known = train.kit.onset.reshape(len(train.kit.onset), -1)
    sums = known.sum(1)
    far = []
    for kit in kits.reshape(len(kits), -1):
        both = known @ kit
        far.append(1.0 - float((both / np.maximum(sums + kit.sum() - both, 1.0)).max()))
    return np.array(far)


def auc(good: Values, bad: Values) -> float:
    """Chance that one of the good scores is above one of the bad."""
    order = np.argsort(np.concatenate([good, bad]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    return float((ranks[: len(good)].sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad)))


def glance(drummer: Drummer, judge: Judge, held_out: Deck) -> dict[str, float]:
    """A few figures on held-out windows, to watch a run by."""
    random = torch.Generator().manual_seed(5)
    every = whole(held_out, told=False)
    batch: Batch = every.rows(torch.randperm(len(every), generator=random)[:GLANCED])
    with torch.no_grad():
        fake, again = (made(drummer, batch, *noise(len(batch), random)) for _ in range(2))
        ours, theirs = score(judge, batch.kit, batch), score(judge, fake, batch)
        wrong = score(judge, *spoilt(batch))
    human, other, twin = hits(batch.kit), hits(fake), hits(again)
    tap = batch.tap[:, 0].numpy()
    return {
        "followed": followed(other, tap),
        "carried": carried(other, tap),
        "hits": float(other.onset.sum() / human.onset.sum()),
        "apart": float(apart(other.onset, twin.onset).mean()),
        "rates": float(np.abs(rates(other) - rates(human)).mean()),
        "velocity": wasserstein(velocities(other), velocities(human)),
        "late": wasserstein(lateness(other), lateness(human)),
        "told": auc(ours.numpy(), theirs.numpy()),
        "told_wrong": auc(ours.numpy(), wrong.numpy()),
    }
