"""The conditional VAE in torch: two bars of the band from a latent vector and from what is told and known of them.

Three parts. The encoder reads a whole window: z. The context reads what is known of it (any cells, or none), what is
told and the window before, and gives the prior of z. The decoder makes the window from z and the context. z has
numbers for every beat, and its prior is a chain: those of a beat know those of the beats before it.
"""

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional

from bridge.engine.cvae_controls import BAR, BEAT_SIZE
from bridge.engine.cvae_controls import SIZE as WISHES
from bridge.engine.cvae_rolls import BASS, BEATS, CHORDS, COLUMNS, DRUMS, LEAD, WIDTHS
from bridge.engine.window import PER_BEAT, STEPS

PARTS = {
    "lead": LEAD, "bass": BASS, "begins": CHORDS, "sounds": CHORDS, "drums": DRUMS, "force": DRUMS, "late": DRUMS,
    "velocity": 3,
}  # fmt: skip
"""What the decoder gives for a step, and how many numbers of it: logits, then force and lateness of drums and velocity
of lines and chords as numbers."""
GIVEN = sum(PARTS.values())
LEAST, MOST = -5.0, 2.0
"""Bounds of the logarithm of a deviation."""
VOICES = len(WIDTHS)
USUAL = {"begins": -4.2, "sounds": -3.0, "drums": -2.5, "force": 0.55, "velocity": 0.65}
"""What the decoder gives for each part before it has learnt anything."""


class Size(msgspec.Struct, frozen=True):
    """Sizes of the model."""

    width: int = 192
    heads: int = 4
    inner: int = 768
    encode: int = 2
    context: int = 1
    decode: int = 3
    latent: int = 128
    """Numbers of z, an eighth of them for each beat."""
    chain: int = 256
    """Width of the prior's layer."""


class Block(nn.Module):  # type: ignore[misc]
    """Attention among the beats of a window, and a layer of its own for each."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.before, self.between = nn.LayerNorm(size.width), nn.LayerNorm(size.width)
        self.mix = nn.Linear(size.width, 3 * size.width)
        self.out = nn.Linear(size.width, size.width)
        self.wide = nn.Linear(size.width, size.inner)
        self.back = nn.Linear(size.inner, size.width)
        self.apart = nn.Parameter(torch.zeros(size.heads, BEATS, BEATS))
        for layer in (self.out, self.back):
            nn.init.normal_(layer.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """[B, 8, W] to [B, 8, W]."""
        rows, width = x.shape[0], x.shape[2]
        query, key, value = (
            part.reshape(rows, BEATS, self.heads, -1).transpose(1, 2) for part in self.mix(self.before(x)).chunk(3, -1)
        )
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5 + self.apart
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(rows, BEATS, width)
        x = x + self.out(mixed)
        return x + self.back(functional.relu(self.wide(self.between(x))))


class Reader(nn.Module):  # type: ignore[misc]
    """Beats of rolls, hidden where they are not known, as vectors."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.notes = nn.Linear(PER_BEAT * COLUMNS, width, bias=False)
        self.hidden = nn.Linear(VOICES, width)
        widths = torch.tensor(list(WIDTHS.values()))
        self.register_buffer("spread", torch.eye(VOICES).repeat_interleave(widths, 1), persistent=False)

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """[B, 8, W] of rolls [B, 32, 225], of which the voices `known` [B, 8, 4] are shown."""
        shown = x.reshape(-1, BEATS, PER_BEAT, COLUMNS) * (known @ self.spread).unsqueeze(2)
        return self.notes(shown.flatten(2)) + self.hidden(known)


class Teller(nn.Module):  # type: ignore[misc]
    """What is told of a window and its beats, as vectors."""

    def __init__(self, width: int, wishes: int = WISHES) -> None:
        super().__init__()
        self.wish = nn.Linear(wishes, width)
        self.beats = nn.Linear(BEAT_SIZE, width, bias=False)
        self.place = nn.Parameter(torch.randn(BEATS, width) * 0.1)

    def forward(self, wish: Tensor, beats: Tensor) -> Tensor:
        """[B, 8, W] of a wish [B, C] and rows of beats [B, 8, 42]."""
        return self.wish(wish).unsqueeze(1) + self.beats(beats) + self.place


class Prior(nn.Module):  # type: ignore[misc]
    """A chain of normal distributions in the order of time, a beat's numbers knowing those of the beats before it."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.share = size.latent // BEATS
        self.inner = nn.Linear(size.width + size.latent, size.chain)
        self.outer = nn.Linear(size.chain, 2 * self.share)
        earlier = torch.ones(BEATS, BEATS).tril(-1).repeat_interleave(self.share, 1)
        self.register_buffer("earlier", earlier, persistent=False)

    def forward(self, h: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the deviation [B, Z] of each number, given the context [B, 8, W] and z [B, Z]."""
        told = torch.cat([h, z.unsqueeze(1) * self.earlier], -1)
        mean, log = self.outer(functional.relu(self.inner(told))).chunk(2, -1)
        return mean.flatten(1), bounded(log).flatten(1)

    def way(self, h: Tensor, z: Tensor) -> Tensor:
        """How many deviations each number of z [B, Z] is from its centre: the noise that `draw` makes it of."""
        mean, log = self(h, z)
        return (z - mean) / log.exp()

    def draw(self, h: Tensor, noise: Tensor) -> Tensor:
        """z [B, Z], each number so many deviations from its centre as `noise` says."""
        z = noise[:, :0]
        for beat in range(BEATS):
            later = noise[:, beat * self.share :] * 0.0
            told = torch.cat([h[:, beat], z, later], -1).unsqueeze(1)
            mean, log = self.outer(functional.relu(self.inner(told))).squeeze(1).chunk(2, -1)
            here = noise[:, beat * self.share : (beat + 1) * self.share]
            z = torch.cat([z, mean + bounded(log).exp() * here], -1)
        return z


class Conditional(nn.Module):  # type: ignore[misc]
    """The whole model."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width = size.width
        self.read_all, self.read_known = Reader(width), Reader(width)
        self.tell_encoder, self.tell_context = Teller(width, BAR.stop - BAR.start), Teller(width)
        self.tell_decoder = Teller(width)
        self.encoder = nn.Sequential(*(Block(size) for _ in range(size.encode)))
        self.contexts = nn.Sequential(*(Block(size) for _ in range(size.context)))
        self.decoder = nn.Sequential(*(Block(size) for _ in range(size.decode)))
        self.close = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.to_posterior = nn.Linear(width, 2 * size.latent // BEATS)
        self.before = nn.Linear(size.latent + 1, width)
        self.prior = Prior(size)
        self.from_latent = nn.Linear(size.latent // BEATS, width)
        self.to_steps = nn.Linear(width, PER_BEAT * GIVEN)
        nn.init.normal_(self.to_posterior.weight, std=0.05)
        with torch.no_grad():
            self.to_posterior.bias[size.latent // BEATS :] = -2.0  # z says something from the first step on
            usual = torch.cat([torch.full((count,), USUAL.get(name, 0.0)) for name, count in PARTS.items()])
            usual[[0, 1, LEAD, LEAD + 1]] = 3.0
            self.to_steps.bias.copy_(usual.repeat(PER_BEAT))

    def encode(self, x: Tensor, wish: Tensor, beats: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the deviation [B, Z] of z given a whole window; of the wish only its meter is read."""
        known = torch.ones_like(beats[..., :VOICES])
        h = self.encoder(self.read_all(x, known) + self.tell_encoder(wish[:, BAR], beats))
        mean, log = self.to_posterior(self.close[0](h)).chunk(2, -1)
        return mean.flatten(1), bounded(log).flatten(1)

    def context(self, x: Tensor, known: Tensor, wish: Tensor, beats: Tensor, before: Tensor) -> Tensor:
        """What decoder and prior know [B, 8, W]: the known part of a window, what is told, and z of the window before
        with a 1 behind it [B, Z + 1], all 0 where there is none."""
        h = self.read_known(x, known) + self.tell_context(wish, beats) + self.before(before).unsqueeze(1)
        return self.close[1](self.contexts(h))

    def decode(self, h: Tensor, z: Tensor, wish: Tensor, beats: Tensor) -> Tensor:
        """What each step is to hold, [B, 32, GIVEN]; see PARTS."""
        h = h + self.tell_decoder(wish, beats) + self.from_latent(z.reshape(-1, BEATS, self.prior.share))
        return self.to_steps(self.close[2](self.decoder(h))).reshape(-1, STEPS, GIVEN)


def bounded(log: Tensor) -> Tensor:
    """The logarithm of a deviation, within bounds."""
    return log.clamp(LEAST, MOST)


def parted(given: Tensor) -> dict[str, Tensor]:
    """What a step is to hold, part by part."""
    return dict(zip(PARTS, given.split(list(PARTS.values()), -1), strict=True))
