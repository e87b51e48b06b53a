"""What logits decide on, and lines told by their curve alone."""

import torch
from torch import Tensor

from bridge.engine.theory_model import MOST_NOTES

LEVEL = 0.05
"""Units of height below which a line counts as level."""


def decided(states: Tensor, told: Tensor) -> Tensor:
    """[B, 3, 64] states: those that are `told`, and where that is negative the likeliest."""
    return torch.where(told >= 0, told, states.argmax(-1))


def sounding(odds: Tensor) -> Tensor:
    """[..., 56] 1 for what sounds in a chord: its likeliest notes, as many as are to be expected."""
    count = torch.sigmoid(odds).sum(-1, keepdim=True).round().clamp(1, MOST_NOTES).long()
    least = odds.topk(MOST_NOTES).values.gather(-1, count - 1)
    return (odds >= least).to(odds.dtype)


def levelled(line: Tensor, onsets: Tensor) -> Tensor:
    """A line [B, 64] with mean 0 and deviation 1 over its onsets [B, 64]: how high and how wide it runs is told by
    marks."""
    weight = onsets / onsets.sum(-1, keepdim=True).clamp(min=1.0)
    away = line - (weight * line).sum(-1, keepdim=True)
    width = (weight * away.square()).sum(-1, keepdim=True) + LEVEL**2
    return away * width.rsqrt()
