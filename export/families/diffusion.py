"""The denoiser in torch: a small transformer over the beats of a bar roll that says what the noise hides."""

import math
from typing import NamedTuple

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bridge.engine.diffusion_condition import HERE, LENGTH, STEP_SIZE, WHOLE_SIZE
from bridge.engine.diffusion_roll import CHANNELS, LOGITS
from bridge.engine.diffusion_table import VOICES
from bridge.engine.window import PER_BEAT, STEPS

FREQUENCIES = 16
"""Sines, and as many cosines, that tell how noisy the roll is."""


class Size(msgspec.Struct, frozen=True):
    """Sizes of the model."""

    layers: int = 4
    width: int = 256
    heads: int = 8
    inner: int = 768


class Sight(NamedTuple):
    """What the denoiser sees of rolls [B, LENGTH]: see `Denoiser.forward`."""

    x: Tensor
    noise: Tensor
    estimate: Tensor
    mask: Tensor
    steps: Tensor
    whole: Tensor


class Block(nn.Module):  # type: ignore[misc]
    """Attention among the beats and a feed-forward layer, both scaled and shifted by what is told of the whole."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width = size.width
        self.heads = size.heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, size.inner, bias=False)
        self.down = nn.Linear(size.inner, width, bias=False)
        self.shift = nn.Parameter(torch.zeros(1, 6, width))

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """Tokens [B, T, W] and what is told [B, 1, 6 W] to tokens."""
        a, b, c, d, e, f = (told + self.shift.view(1, 1, -1)).chunk(6, -1)
        batch, length, width = x.shape
        seen = F.layer_norm(x, (width,)) * (1 + a) + b
        shape = (batch, length, 3, self.heads, width // self.heads)
        q, k, v = self.qkv(seen).view(shape).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax((q @ k.transpose(-1, -2)) * (width // self.heads) ** -0.5, -1)
        mixed = (weights @ v).transpose(1, 2).reshape(batch, length, width)
        x = x + c * self.out(mixed)
        seen = F.layer_norm(x, (width,)) * (1 + d) + e
        return x + f * self.down(F.gelu(self.up(seen), approximate="tanh"))


class Denoiser(nn.Module):  # type: ignore[misc]
    """Reads the window before, this one and the beginning of the next, a token a beat; answers for this window."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width = size.width
        self.features = 2 * CHANNELS + 2 * len(VOICES) + STEP_SIZE
        self.read = nn.Linear(PER_BEAT * self.features, width)
        self.place = nn.Parameter(0.02 * torch.randn(LENGTH // PER_BEAT, width))
        self.told = nn.Sequential(nn.Linear(WHOLE_SIZE + 2 * FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))
        self.turn = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.layers))
        self.last = nn.Linear(width, 2 * width)
        self.write = nn.Linear(width, PER_BEAT * LOGITS)
        frequencies = torch.exp(torch.linspace(math.log(1.0), math.log(64.0), FREQUENCIES))
        self.register_buffer("frequencies", frequencies, persistent=False)
        for layer in (self.turn, self.last, self.write):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            for block in self.blocks:
                block.shift[:, [2, 5]] = 0.5

    def forward(self, x: Tensor, noise: Tensor, estimate: Tensor, mask: Tensor, steps: Tensor, whole: Tensor) -> Tensor:
        """Logits [B, STEPS, LOGITS] of the window.

        `x` [B, LENGTH, CHANNELS] is clean where it is given, noisy where it is to be made and 0 elsewhere; `noise` [B]
        the level, 0 to 1; `estimate` [B, STEPS, CHANNELS] the clean window as it was last foretold (0: not yet);
        `mask` [B, LENGTH, 8] what is given and what is made, by voice; `steps` and `whole` what is told.
        """
        batch, tokens = x.shape[0], LENGTH // PER_BEAT
        pad = torch.zeros_like(x)
        guess = torch.cat([pad[:, :STEPS], estimate, pad[:, HERE.stop :]], 1)
        seen = torch.cat([x, guess, mask, steps], -1).reshape(batch, tokens, PER_BEAT * self.features)
        angles = noise.unsqueeze(-1) * self.frequencies
        everything = torch.cat([whole, torch.sin(angles), torch.cos(angles)], -1).unsqueeze(1)
        told = F.silu(self.told(everything))
        turn = self.turn(told)
        hidden = self.read(seen) + self.place
        for block in self.blocks:
            hidden = block(hidden, turn)
        hidden = hidden[:, STEPS // PER_BEAT : HERE.stop // PER_BEAT]
        scale, shift = self.last(told).chunk(2, -1)
        hidden = F.layer_norm(hidden, (self.size.width,)) * (1 + scale) + shift
        return self.write(hidden).reshape(batch, STEPS, LOGITS)
