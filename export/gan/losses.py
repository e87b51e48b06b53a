"""The game of drummer and judge: a relativistic loss with both gradients kept small, and a share of reconstruction.

The judge is to score what a human played above what the drummer makes *for the same rhythm and wishes*, and the drummer
the other way round, with zero-centred penalties on real and made windows (Huang et al., R3GAN, 2024). Beside it, the
drummer must be able to make every human window from the noise that a reader finds in it (Larsen et al., VAE-GAN, 2016),
which keeps it from making the same few grooves; the reader is not exported.
"""

import msgspec
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from bridge.engine.gan_rows import ACROSS, FRAME, GRAIN, NOISE, PIECES
from bridge.engine.window import PER_BEAT, STEPS
from export.families.gan import Drummer, Judge, kit, struck
from export.gan.batches import Batch

INSIDE = FRAME.index("inside")
CELLS = PIECES * STEPS
FIELDS = Batch.__struct_fields__
STREWN = 0.2
"""Share of the hits of a spoilt window that are elsewhere."""


class Weights(msgspec.Struct, frozen=True):
    """What each part of the losses counts."""

    game: float = 0.35
    """The game's share of the drummer's slope (at its last layer); the rest is reconstruction."""
    penalty: float = 0.05
    wrong: float = 1.0
    """Of spoilt human windows among what the judge is to score low."""
    velocity: float = 1.0
    offset: float = 0.6
    keep: float = 0.6
    """Of the reader's divergence from the drummer's own noise."""


def noise(count: int, random: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """Noise [B, 24] and grain [B, 2, 32]."""
    return torch.randn(count, NOISE, generator=random), torch.randn(count, GRAIN, STEPS, generator=random)


def made(drummer: Drummer, batch: Batch, z: Tensor, grain: Tensor) -> Tensor:
    """Kits [B, 27, 32] made for a batch; onsets are 0 or 1, with the slope of their probability."""
    onset, velocity, offset = drummer(batch.tap, batch.frame, batch.wishes, z, grain)
    return kit(struck(onset), velocity, offset, batch.frame[:, INSIDE : INSIDE + 1])


def score(judge: Judge, windows: Tensor, batch: Batch) -> Tensor:
    """The judge's scores [B] of windows for what a batch asks for."""
    return judge(windows, batch.tap, batch.frame, batch.wishes)[:, 0]


def judge_loss(judge: Judge, batch: Batch, fake: Tensor, weights: Weights, penalise: bool) -> Tensor:
    """The judge's loss; `fake` [B, 27, 32] without slopes."""
    real, fake = batch.kit.clone().requires_grad_(penalise), fake.requires_grad_(penalise)
    ours, theirs = score(judge, real, batch), score(judge, fake, batch)
    loss = F.softplus(theirs - ours).mean()
    windows, other = spoilt(batch)
    loss = loss + weights.wrong * F.softplus(score(judge, windows, other) - ours).mean()
    if penalise:
        for scores, inputs in ((ours, real), (theirs, fake)):
            (slope,) = torch.autograd.grad(scores.sum(), inputs, create_graph=True)
            loss = loss + weights.penalty * 0.5 * slope.square().sum((1, 2)).mean()
    return loss


def playing(judge: Judge, batch: Batch, fake: Tensor) -> Tensor:
    """The drummer's loss in the game, for what it made."""
    with torch.no_grad():
        real = score(judge, batch.kit, batch)
    return F.softplus(real - score(judge, fake, batch)).mean()


def rebuilding(reader: Judge, drummer: Drummer, batch: Batch, weights: Weights) -> tuple[Tensor, Tensor]:
    """Nats a cell (with velocity, offset and the reader's divergence) of making human windows again; and those of the
    onsets alone."""
    mean, spread = reader(batch.kit, batch.tap, batch.frame, batch.wishes).chunk(2, 1)
    spread = spread.clamp(-6.0, 2.0)
    z, grain = noise(len(batch))
    onset, velocity, offset = drummer(batch.tap, batch.frame, batch.wishes, mean + z * (0.5 * spread).exp(), grain)
    wanted, loud, late = batch.kit.split(ACROSS // 3, 1)
    inside = batch.frame[:, INSIDE : INSIDE + 1]
    nats = (F.binary_cross_entropy_with_logits(onset, wanted, reduction="none") * inside).sum((1, 2))
    hits = wanted.sum((1, 2)).clamp(min=1.0)
    loudness = ((velocity - loud).abs() * wanted).sum((1, 2)) / hits
    lateness = ((offset - late).abs() * wanted).sum((1, 2)) / hits
    apart = 0.5 * (mean.square() + spread.exp() - 1.0 - spread).sum(1)
    total = (nats + weights.keep * apart) / CELLS + 0.1 * (weights.velocity * loudness + weights.offset * lateness)
    return total.mean(), (nats / CELLS).mean()


def spoilt(batch: Batch) -> tuple[Tensor, Batch]:
    """Human windows that do not fit, and what they are taken to be for: a third with another's rhythm and wishes, a
    third with their beats in another order, the rest with a fifth of their hits elsewhere."""
    third = len(batch) // 3
    first, second, rest = (
        batch.rows(torch.arange(start, end)) for start, end in ((0, third), (third, 2 * third), (2 * third, len(batch)))
    )
    turned = torch.roll(torch.arange(third), 1)
    other = Batch(first.kit, first.tap[turned], first.frame, first.wishes[turned])
    told = Batch(*(torch.cat([getattr(part, name) for part in (other, second, rest)]) for name in FIELDS))
    return torch.cat([first.kit, _shuffled(second), _strewn(rest)]), told


def _shuffled(batch: Batch) -> Tensor:
    order = torch.argsort(torch.rand(len(batch), STEPS // PER_BEAT), 1)
    steps = (order[:, :, None] * PER_BEAT + torch.arange(PER_BEAT)).flatten(1)
    return batch.kit.gather(2, steps[:, None].expand_as(batch.kit)) * batch.frame[:, INSIDE : INSIDE + 1]


def _strewn(batch: Batch) -> Tensor:
    moved = (torch.rand(len(batch), PIECES, STEPS) < STREWN).repeat(1, ACROSS // PIECES, 1)
    places = (torch.arange(STEPS) + torch.randint(1, STEPS, (len(batch), 1))) % STEPS
    there = (batch.kit * moved).gather(2, places[:, None].expand_as(batch.kit))
    stay = batch.kit * ~moved
    taken = (stay[:, :PIECES] > 0).repeat(1, ACROSS // PIECES, 1)
    return torch.where(taken, stay, there) * batch.frame[:, INSIDE : INSIDE + 1]
