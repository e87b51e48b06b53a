"""The groove GAN in torch: a drummer that makes a window in one call, a judge of windows, and, in training, a reader.

Both are mixers (after Tolstikhin et al., MLP-Mixer, 2021): a step looks at all other steps through one small matrix,
and then at its own channels through another; there is no recurrence, so a window takes the time of a few products.
"""

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bridge.engine.gan_rows import ACROSS, FRAME, GRAIN, NOISE, PIECES, TAP, WISHES
from bridge.engine.window import STEPS

SLOPE = 0.2
"""Of the judge's units below 0."""
TOLD = len(TAP) + len(FRAME)
"""Numbers a step of what both are told."""


class Size(msgspec.Struct, frozen=True):
    """Sizes of the model."""

    width: int = 80
    inner: int = 128
    across: int = 40
    """Units through which steps look at each other."""
    blocks: int = 4
    judge_width: int = 64
    judge_inner: int = 112
    judge_blocks: int = 3


class Block(nn.Module):  # type: ignore[misc]
    """Steps look at each other, then at themselves; [B, 32, C] to the same."""

    def __init__(self, width: int, inner: int, across: int, even: bool) -> None:
        """`even` keeps the numbers of a step to one length first; a judge whose slope is bounded does without."""
        super().__init__()
        self.even = even
        self.gather = nn.Parameter(torch.randn(across, STEPS) / STEPS**0.5)
        self.spread = nn.Parameter(torch.randn(STEPS, across) * 0.3 / across**0.5)
        self.bias = nn.Parameter(torch.zeros(across, 1))
        self.wide = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        with torch.no_grad():
            self.narrow.weight *= 0.3

    def forward(self, x: Tensor, scale: Tensor | None = None) -> Tensor:
        """`scale` [B, 1, C] turns channels up and down before steps look at themselves."""
        y = F.leaky_relu(self.gather @ self._evened(x) + self.bias, SLOPE)
        x = x + self.spread @ y
        y = self._evened(x)
        if scale is not None:
            y = y * (1.0 + scale)
        return x + self.narrow(F.leaky_relu(self.wide(y), SLOPE))

    def _evened(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1.0e-4) if self.even else x


class Drummer(nn.Module):  # type: ignore[misc]
    """The generator: from a rhythm, a grid, wishes and noise to a kit."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width = size.width
        self.step = nn.Linear(TOLD + GRAIN, width)
        self.whole = nn.Linear(WISHES + NOISE, width)
        self.places = nn.Parameter(torch.randn(STEPS, width) * 0.3)
        self.turns = nn.Linear(width, width * size.blocks)
        self.blocks = nn.ModuleList(Block(width, size.inner, size.across, True) for _ in range(size.blocks))
        self.to_kit = nn.Linear(width, ACROSS)
        with torch.no_grad():
            self.to_kit.bias[:PIECES] = -1.5
            self.turns.weight *= 0.3

    def forward(
        self, tap: Tensor, frame: Tensor, wishes: Tensor, noise: Tensor, grain: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Onset logits [B, 9, 32], velocities 0 to 1 and offsets -1 to 1, for tap [B, 3, 32], frame [B, 7, 32], wishes
        [B, 16], noise [B, 24] and grain [B, 2, 32], both of deviation 1."""
        told = self.step(torch.cat([tap, frame, grain], 1).transpose(1, 2))
        whole = self.whole(torch.cat([wishes, noise], 1))[:, None]
        x = told + whole + self.places
        turns = self.turns(F.leaky_relu(whole, SLOPE)).chunk(self.size.blocks, -1)
        for block, turn in zip(self.blocks, turns, strict=True):
            x = block(x, turn)
        onset, velocity, offset = self.to_kit(x).transpose(1, 2).chunk(3, 1)
        return onset, torch.sigmoid(velocity), torch.tanh(offset)


class Judge(nn.Module):  # type: ignore[misc]
    """The discriminator, and with `outputs` > 1 the reader: a kit and what it was made for, to a few numbers."""

    def __init__(self, size: Size, outputs: int = 1) -> None:
        super().__init__()
        width = size.judge_width
        self.step = nn.Linear(ACROSS + TOLD + PIECES, width)
        self.whole = nn.Linear(WISHES, width)
        self.places = nn.Parameter(torch.randn(STEPS, width) * 0.3)
        self.blocks = nn.ModuleList(
            Block(width, size.judge_inner, size.across, False) for _ in range(size.judge_blocks)
        )
        self.last = nn.Linear(width, width)
        self.out = nn.Linear(width, outputs)

    def forward(self, kit: Tensor, tap: Tensor, frame: Tensor, wishes: Tensor) -> Tensor:
        """Scores [B, outputs] of kits [B, 27, 32] (onsets, velocities, offsets) for what they were made for."""
        struck_together = kit[:, :PIECES] * tap[:, :1]
        x = self.step(torch.cat([kit, tap, frame, struck_together], 1).transpose(1, 2)) + self.places
        x = x + self.whole(wishes)[:, None]
        x = F.leaky_relu(x, SLOPE)
        for block in self.blocks:
            x = block(x)
        return self.out(F.leaky_relu(self.last(x), SLOPE).mean(1))


def kit(onset: Tensor, velocity: Tensor, offset: Tensor, inside: Tensor) -> Tensor:
    """A kit [B, 27, 32] as a judge reads it: nothing where no drum is hit, nor outside of the window [B, 1, 32]."""
    onset = onset * inside
    return torch.cat([onset, velocity * onset, offset * onset], 1)


def struck(logits: Tensor) -> Tensor:
    """1 where a logit is above 0, else 0; the slope is that of its probability."""
    soft = torch.sigmoid(logits)
    return (logits > 0).to(soft.dtype) + soft - soft.detach()
