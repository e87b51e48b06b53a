"""Blocks that the four factors' modules are built of, and the latents that pass between them."""

from typing import NamedTuple

import msgspec
import torch
from torch import Tensor, nn

from bridge.engine.theory_layout import BAR, BARS, STEPS


class Size(msgspec.Struct, frozen=True):
    """Sizes of the model."""

    width: int = 96
    code: int = 188
    """Width of a bar's summary."""
    patterns: int = 32
    """Rhythms in the dictionary, for each voice."""
    pitch: int = 16
    rhythm: int = 48
    harmony: int = 80
    """Gaussian dimensions of a bar, beside what is categorical."""
    structure: int = 12
    reading: int = 2
    writing: int = 3
    """Layers of an encoder, and of a decoder."""


class Latents(NamedTuple):
    """What a phrase is, by factor. Categories as probabilities [B, ..., K] or one-hot."""

    degree: Tensor
    """[B, 64, 12] pitch: a degree for every step."""
    pitch: Tensor
    """[B, 4, P] pitch: what degrees leave open."""
    pattern: Tensor
    """[B, 4, 3, K] rhythm: an entry of the dictionary for each voice and bar."""
    rhythm: Tensor
    """[B, 4, R] rhythm: what differs from the dictionary."""
    chord: Tensor
    """[B, 8, 85] harmony: a chord for every half bar."""
    ground: Tensor
    """[B, 32, 12] harmony: the bass's degree for every eighth."""
    harmony: Tensor
    """[B, 4, H] harmony: voicing."""
    structure: Tensor
    """[B, S] which bar repeats which; its first dimension says how much is repeated."""
    marks: Tensor
    """[B, 7] designated dimensions of pitch, rhythm and harmony, in deviations of music: see ATTRIBUTES."""


class Posterior(NamedTuple):
    """What the encoder knows of a phrase: logits of the categories, mean and log-deviation of the rest."""

    degree: Tensor
    pattern: Tensor
    chord: Tensor
    ground: Tensor
    mean: dict[str, Tensor]
    deviation: dict[str, Tensor]


class Layer(nn.Module):  # type: ignore[misc]
    """A dilated convolution over the steps, then one step's own layer, added to what came in."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.dilation = dilation
        self.look = nn.Linear(3 * width, width)
        self.found = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, W] to the same."""
        kernel = self.look.weight.unflatten(1, (-1, 3))
        seen = nn.functional.conv1d(
            self.before(x).transpose(1, 2), kernel, self.look.bias, padding=self.dilation, dilation=self.dilation
        )
        return x + self.found(torch.relu(seen.transpose(1, 2)))


class Reader(nn.Module):  # type: ignore[misc]
    """Steps to bars: a stack over the steps and a summary of each bar [B, 4, C]."""

    def __init__(self, size: Size, features: int) -> None:
        super().__init__()
        self.inputs = nn.Linear(features, size.width)
        self.place = Place(size)
        self.layers = nn.Sequential(*(Layer(size.width, 4**n) for n in range(size.reading)))
        self.thin = nn.Linear(size.width, size.width // 2)
        self.bars = nn.Linear(BAR * (size.width // 2), size.code)

    def forward(self, x: Tensor, bar: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, 64, F] and steps of a bar [B] to steps [B, 64, W] and bars [B, 4, C]."""
        steps = self.layers(self.inputs(x) + self.place(bar))
        bars = torch.relu(self.thin(steps)).reshape(x.shape[0], BARS, -1)
        return steps, torch.relu(self.bars(bars))


class Writer(nn.Module):  # type: ignore[misc]
    """Bars to steps: a code for each bar is laid out over its steps, and a stack joins them."""

    def __init__(self, size: Size, code: int, features: int, outputs: int) -> None:
        super().__init__()
        self.size = size
        self.lay = nn.Sequential(nn.Linear(code, size.code), nn.ReLU(), nn.Linear(size.code, BAR * (size.width // 2)))
        self.thick = nn.Linear(size.width // 2 + features, size.width)
        self.place = Place(size)
        self.layers = nn.Sequential(*(Layer(size.width, 2**n) for n in range(size.writing)))
        self.after = nn.LayerNorm(size.width)
        self.outputs = nn.Linear(size.width, outputs)

    def forward(self, code: Tensor, features: Tensor, bar: Tensor) -> Tensor:
        """Codes [B, 4, C], features [B, 64, F] and steps of a bar [B] to [B, 64, O]."""
        laid = self.lay(code).reshape(code.shape[0], STEPS, -1)
        x = self.thick(torch.cat([laid, features], -1)) + self.place(bar)
        found: Tensor = self.outputs(self.after(self.layers(x)))
        return found


class Place(nn.Module):  # type: ignore[misc]
    """Where in its bar and its phrase a step is."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.step = nn.Parameter(torch.randn(BAR, size.width) * 0.1)
        self.bar = nn.Parameter(torch.randn(BARS, 1, size.width) * 0.1)
        self.length = nn.Embedding(BAR + 1, size.width)
        nn.init.normal_(self.length.weight, std=0.1)

    def forward(self, bar: Tensor) -> Tensor:
        """[B, 64, W] for bars of so many steps [B]."""
        here: Tensor = (self.step + self.bar).reshape(1, STEPS, -1) + self.length(bar).unsqueeze(1)
        return here


def by_step(halves: Tensor, bar: Tensor) -> Tensor:
    """What belongs to half bars [B, 8, K] laid out over the steps [B, 64, K]."""
    into = torch.arange(BAR, device=bar.device)
    late = (into.unsqueeze(0) * 2 >= bar.unsqueeze(1)).to(halves.dtype)[:, None, :, None]
    pair = halves.reshape(halves.shape[0], BARS, 2, -1)
    found: Tensor = pair[:, :, :1] * (1 - late) + pair[:, :, 1:] * late
    return found.reshape(halves.shape[0], STEPS, -1)


def hot(index: Tensor, size: int) -> Tensor:
    """One-hot rows [..., size] of numbers [...]."""
    return (index.unsqueeze(-1) == torch.arange(size, device=index.device)).float()
