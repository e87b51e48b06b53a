"""The texture's model: one small GRU for all bands, which hears the keys that are struck below and above its own.

A key sounds in the bands of its partials wherever it lies, so every band has the same weights and is told what is
struck at which distance: what is learnt of one key holds for all. Each band moves some way from where it is towards an
aim. So a frame stays within 0 and 1 however long the model goes on by itself, and holding still is as easy as moving.
It begins as a plain resonator, whose partials rise when a key is struck and then die away; it learns how sounds differ.
"""

import math

import msgspec
import torch
from torch import Tensor, nn

from bridge.sound.bands import AIR, BANDS, FRAME, KEYS, LOWEST, REGISTER_OF, REGISTERS
from bridge.sound.told import BRIGHTNESS, CHROMA, DENSITY, STRUCK

CHARACTER = 16
"""Numbers that say which sound it is."""
MOMENTS = 8
"""Stretches of an excerpt whose loudness is a part of its character."""
BELOW, ABOVE = 55, 14
"""A band hears the keys that are struck up to so many semitones below and above it."""
LEAST, MOST = -5.0, -1.6
"""Bounds of the logarithm of a number's deviation: 0.5 to 16 dB."""
PARTIALS = 16
"""Partials of the resonator that it begins as; each octave of them is so much of a level softer:"""
SOFTER = 0.15
STILL, LOW = -3.5, -2.0
"""Where a band's way and aim begin while nothing is struck: hardly any, and down."""
OPEN, HIGH = 4.0, 3.2
"""What a strike adds to them."""
GLOBALS = 7
"""Numbers that hold for all bands: density, brightness, strike, whether there is a chord, and three of the frame."""


class Size(msgspec.Struct, frozen=True):
    """Width of a band's memory, of what it hears of the strikes, of what all share, and of the excerpt's reader."""

    hidden: int = 28
    strikes: int = 12
    shared: int = 12
    reader: int = 64


class Texturist(nn.Module):  # type: ignore[misc]
    """Frames in, next frames out; `character` is what `read` makes of an excerpt of the sound."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.reader = nn.Sequential(
            nn.Linear(2 * FRAME + MOMENTS, size.reader), nn.SiLU(), nn.Linear(size.reader, CHARACTER), nn.Tanh()
        )
        self.strikes = nn.Conv1d(1, size.strikes, BELOW + ABOVE + 1, bias=False)
        self.colour = nn.Linear(CHARACTER + GLOBALS, size.strikes)
        self.around = nn.Conv1d(1, 4, 5, padding=2)
        self.shared = nn.Sequential(nn.Linear(CHARACTER + GLOBALS, size.shared), nn.SiLU())
        self.place = nn.Parameter(torch.randn(BANDS, 4) * 0.1)
        self.memory = nn.GRU(1 + 4 + 1 + 4 + size.strikes + size.shared, size.hidden, batch_first=True)
        seen = size.hidden + 1 + size.strikes + size.shared + 4
        self.out = nn.Sequential(nn.Linear(seen, size.hidden), nn.SiLU(), nn.Linear(size.hidden, 3))
        self.direct = nn.Linear(size.strikes, 3, bias=False)
        self.tones = nn.Linear(size.hidden + size.shared + 1, 3)
        self._begin()
        self.register_buffer("classes", (LOWEST + torch.arange(KEYS)) % 12, persistent=False)
        self.register_buffer("gather", _means(), persistent=False)

    def _begin(self) -> None:
        """Be a resonator, with the first of what is heard of the strikes for its partials."""
        with torch.no_grad():
            self.strikes.weight.mul_(0.2)
            for number in range(1, PARTIALS + 1):
                octaves = math.log2(number)
                self.strikes.weight[0, 0, BELOW - round(12 * octaves)] = 1.0 - SOFTER * octaves
            self.colour.weight[0].zero_()
            self.colour.bias[0] = 1.0
            self.direct.weight.mul_(0.2)
            self.direct.weight[:, 0] = torch.tensor([OPEN, HIGH, 0.0])
            last = self.out[-1]
            last.weight.mul_(0.3)
            last.bias.copy_(torch.tensor([STILL, LOW, 0.0]))
            self.tones.weight.mul_(0.3)
            self.tones.bias.copy_(torch.tensor([STILL, 0.0, 0.0]))

    def read(self, excerpt: Tensor) -> Tensor:
        """[B, EXCERPT, FRAME] -> character [B, CHARACTER]."""
        loudness = excerpt.amax(2).unflatten(1, (MOMENTS, -1)).mean(2)
        return self.reader(torch.cat([excerpt.mean(1), excerpt.amax(1), loudness], 1))

    def forward(self, frame: Tensor, hidden: Tensor, told: Tensor, character: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Mean and log deviation of the next frame [B, FRAME], and the next hidden state [B, BANDS, hidden].

        `told` [B, TOLD] holds for the frame that is to come.
        """
        fed, known, shared = self._feed(frame, told, character)
        hidden = self._remember(fed, hidden)
        mean, doubt = self._moved(frame, hidden, known, shared)
        return mean, doubt, hidden

    def hear(self, frames: Tensor, told: Tensor, character: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log deviations [B, T, FRAME] of the frames after those that are all given, told of each."""
        batch, length = frames.shape[:2]
        minds = character[:, None].expand(-1, length, -1).flatten(0, 1)
        fed, known, shared = self._feed(frames.flatten(0, 1), told.flatten(0, 1), minds)
        rows = fed.unflatten(0, (batch, length)).transpose(1, 2).flatten(0, 1)
        hidden = self.memory(rows)[0].unflatten(0, (batch, BANDS)).transpose(1, 2).flatten(0, 1)
        mean, doubt = self._moved(frames.flatten(0, 1), hidden, known, shared)
        return mean.unflatten(0, (batch, length)), doubt.unflatten(0, (batch, length))

    def go_on(
        self, frames: Tensor, told: Tensor, character: Tensor, alone: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The same, where it hears its own last frame where `alone` [B, T] says so; noise [B, 1] is added to each."""
        hidden, heard = self.rest(len(frames)), frames[:, 0]
        means: list[Tensor] = []
        doubts: list[Tensor] = []
        for step in range(frames.shape[1]):
            if step:
                heard = torch.where(alone[:, step, None], means[-1], frames[:, step])
            heard = (heard + noise * torch.randn_like(heard)).clamp(0.0, 1.0)
            mean, doubt, hidden = self(heard, hidden, told[:, step], character)
            means.append(mean)
            doubts.append(doubt)
        return torch.stack(means, 1), torch.stack(doubts, 1)

    def rest(self, batch: int) -> Tensor:
        """The hidden state before anything was heard."""
        return torch.zeros(batch, BANDS, self.size.hidden)

    def _feed(self, frame: Tensor, told: Tensor, character: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the memory of every band is fed with, what its answer is made with, and what all bands share."""
        levels, struck, chroma = frame[:, :BANDS], told[:, STRUCK], told[:, CHROMA]
        whole = torch.stack(
            [
                *(told[:, DENSITY], told[:, BRIGHTNESS], struck.amax(1), chroma.amax(1)),
                *(levels.mean(1), levels.amax(1), frame[:, BANDS:].mean(1)),
            ],
            1,
        )
        mind = torch.cat([character, whole], 1)
        shared = self.shared(mind)[:, None].expand(-1, BANDS, -1)
        far = nn.functional.pad(struck[:, None], (BELOW, ABOVE + AIR))
        heard = self.strikes(far) * self.colour(mind)[:, :, None]
        on = nn.functional.pad(chroma[:, self.classes], (0, AIR))
        place = self.place[None].expand(len(frame), -1, -1)
        near = self.around(levels[:, None]).transpose(1, 2)
        known = torch.cat([on[:, :, None], heard.transpose(1, 2), shared, place], 2)
        return torch.cat([levels[:, :, None], near, known], 2), known, shared[:, 0]

    def _remember(self, fed: Tensor, hidden: Tensor) -> Tensor:
        """One step of the GRU."""
        made = fed @ self.memory.weight_ih_l0.T + self.memory.bias_ih_l0
        old = hidden @ self.memory.weight_hh_l0.T + self.memory.bias_hh_l0
        reset, update, fresh = made.chunk(3, 2)
        old_reset, old_update, old_fresh = old.chunk(3, 2)
        keep = torch.sigmoid(update + old_update)
        new = torch.tanh(fresh + torch.sigmoid(reset + old_reset) * old_fresh)
        return new + keep * (hidden - new)

    def _moved(self, frame: Tensor, hidden: Tensor, known: Tensor, shared: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log deviations of the next frames."""
        struck = known[:, :, 1 : 1 + self.size.strikes]
        bands = self.out(torch.cat([hidden, known], 2)) + self.direct(struck)
        registers = (hidden.transpose(1, 2) @ self.gather).transpose(1, 2)
        everywhere = shared[:, None].expand(-1, REGISTERS, -1)
        tones = self.tones(torch.cat([registers, everywhere, frame[:, BANDS:, None]], 2))
        way, aim, doubt = torch.cat([bands, tones], 1).unbind(2)
        mean = frame + torch.sigmoid(way) * (torch.sigmoid(aim) - frame)
        return mean, LEAST + (MOST - LEAST) * torch.sigmoid(doubt)


def _means() -> Tensor:
    """[BANDS, REGISTERS] such that a product with it is the mean over the keys of each register."""
    member = torch.zeros(BANDS, REGISTERS)
    member[torch.arange(KEYS), torch.from_numpy(REGISTER_OF)] = 1.0
    return member / member.sum(0)
