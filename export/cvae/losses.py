"""What the model is trained on: notes, the distance to the prior, what z must not tell, and wishes come true."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from bridge.engine import cvae_controls as told
from bridge.engine.cvae_rolls import BASS, BEATS, CHORDS, COLUMNS, FIRST, LEAD, RANGES, WIDTHS
from bridge.engine.window import PER_BEAT
from bridge.music.note import Voice
from export.cvae.batches import Batch
from export.data.proxies import DENSITY, KRUMHANSL, MODE, REGISTER
from export.families.cvae import parted

SHARP = 3.0
"""How much surer than it is the decoder is taken to be where wishes are judged."""


class Adversary(nn.Module):  # type: ignore[misc]
    """Tells style, arousal and brightness from z, as well as it can."""

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(latent, 192), nn.GELU(), nn.Linear(192, 128), nn.GELU(), nn.Linear(128, len(told.STYLES) + 2)
        )

    def forward(self, z: Tensor) -> Tensor:
        """[B, 15 + 2] logits of the styles, then arousal and brightness."""
        return self.net(z)


class Ear(nn.Module):  # type: ignore[misc]
    """Tells the style from rolls."""

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.read = nn.Linear(PER_BEAT * COLUMNS, width)
        self.net = nn.Sequential(
            nn.Linear(2 * width, 128), nn.GELU(), nn.Dropout(0.2), nn.Linear(128, len(told.STYLES))
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, 15] logits of rolls [B, 32, 225]."""
        h = functional.gelu(self.read(x.reshape(-1, BEATS, PER_BEAT * COLUMNS)))
        return self.net(torch.cat([h.mean(1), h.amax(1)], -1))


class Backwards(torch.autograd.Function):  # type: ignore[misc]
    """The same number, whose gradient is turned round."""

    @staticmethod
    def forward(ctx: object, z: Tensor) -> Tensor:
        """As it is."""
        return z.view_as(z)

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        """Turned round."""
        return -gradient


def notes(given: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Nats a window by voice, [B] each, of the cells that are not known; and `touch`, how far off the dynamics are."""
    parts = parted(given.float())
    inside = batch.beats[..., told.INSIDE].repeat_interleave(PER_BEAT, 1)
    judged = (1 - batch.known).repeat_interleave(PER_BEAT, 1) * inside[..., None] * batch.playing[:, None]
    lead = functional.cross_entropy(parts["lead"].transpose(1, 2), batch.lead, reduction="none")
    bass = functional.cross_entropy(parts["bass"].transpose(1, 2), batch.bass, reduction="none")
    at = LEAD + BASS
    begins, sounds = batch.x[..., at : at + CHORDS], batch.x[..., at + CHORDS : at + 2 * CHORDS]
    chords = functional.binary_cross_entropy_with_logits(parts["begins"], begins, reduction="none").sum(-1)
    chords = chords + functional.binary_cross_entropy_with_logits(parts["sounds"], sounds, reduction="none").sum(-1)
    hit = (batch.drums > 0).float()
    drums = functional.binary_cross_entropy_with_logits(parts["drums"], hit, reduction="none").sum(-1)
    human = batch.played[:, 1].float()[:, None]
    touch = ((parts["force"] - batch.drums) ** 2 * hit).sum(-1) * human
    touch = touch + ((parts["late"] - batch.offset) ** 2 * hit).sum(-1) * human * 0.5
    sung = (batch.velocity > 0).float()
    touch = touch + ((parts["velocity"] - batch.velocity) ** 2 * sung).sum(-1) * batch.played[:, :1].float()
    found = {"lead": lead, "bass": bass, "chords": chords, "drums": drums}
    losses = {name: (nats * judged[..., n]).sum(-1) for n, (name, nats) in enumerate(found.items())}
    return {**losses, "touch": (touch * inside).sum(-1)}


def divergence(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> Tensor:
    """Nats [B, Z] between two normal distributions of mean and logarithm of the deviation, number by number."""
    (mean, log), (centre, spread) = one, other
    ratio = (2 * (log - spread)).exp()
    return 0.5 * (ratio + ((mean - centre) / spread.exp()) ** 2 - 1) - (log - spread)


def soft_rolls(given: Tensor) -> Tensor:
    """Rolls [B, 32, 225] of what a decoder gives, in shares of 1."""
    parts = parted(given)
    lines = [(SHARP * parts[name]).softmax(-1) for name in ("lead", "bass")]
    rest = [(SHARP * parts[name]).sigmoid() for name in ("begins", "sounds", "drums")]
    return torch.cat([*lines, *rest, rest[2] * parts["force"].clamp(0, 1)], -1)


def heard(x: Tensor, playing: Tensor) -> Tensor:
    """Soft rolls in which the voices that do not play [B, 4] rest."""
    widths = torch.tensor(list(WIDTHS.values()))
    shares = playing.repeat_interleave(widths, 1)[:, None]
    rest = torch.zeros(x.shape[-1])
    rest[[0, LEAD]] = 1.0
    return x * shares + rest * (1 - shares)


def soft_arousal(x: Tensor, playing: Tensor, inside: Tensor) -> Tensor:
    """Arousal [B] of soft rolls, as the proxy has it; `inside` [B, 32] says which steps count."""
    at = LEAD + BASS
    silent = (x[..., :FIRST].sum(-1) * playing[:, :1] + 1 - playing[:, :1]).clamp(1e-4, 1)
    low = x[..., LEAD : LEAD + FIRST].sum(-1)
    silent = silent * (low * playing[:, 1:2] + 1 - playing[:, 1:2]).clamp(1e-4, 1)
    chords = (1 - x[..., at : at + CHORDS]).clamp(1e-4, 1).log().sum(-1) * playing[:, 2:3]
    dense = ((1 - silent * chords.exp()) * inside).sum(-1) / inside.sum(-1).clamp(min=1) * PER_BEAT
    mean, deviation = DENSITY[False]
    return (dense.clamp(min=0.05).log() - mean) / deviation


class Brightness(nn.Module):  # type: ignore[misc]
    """Brightness of soft rolls, as the proxy has it, with a soft choice of the best key."""

    def __init__(self) -> None:
        super().__init__()
        turned = torch.tensor(
            [[KRUMHANSL[mode][(n - k) % 12] for n in range(12)] for mode in ("major", "minor") for k in range(12)]
        )
        turned = turned - turned.mean(1, keepdim=True)
        self.register_buffer("profiles", turned / turned.norm(dim=1, keepdim=True), persistent=False)
        spans = ((Voice.LEAD, LEAD - FIRST), (Voice.BASS, BASS - FIRST), (Voice.CHORDS, CHORDS))
        pitches = torch.cat([torch.arange(count) + RANGES[voice][0] for voice, count in spans])
        self.register_buffer("pitches", pitches.float(), persistent=False)
        self.register_buffer("classes", functional.one_hot(pitches % 12, 12).float(), persistent=False)

    def forward(self, x: Tensor, playing: Tensor, inside: Tensor) -> Tensor:
        """[B]; lines count from where they begin, each as long as the line's notes are on the whole."""
        shown = x * inside[..., None]
        at = LEAD + BASS
        lines = []
        for n, (start, end) in enumerate(((0, LEAD), (LEAD, LEAD + BASS))):
            begun = shown[..., start + FIRST : end].sum(1)
            held = 1 + shown[..., start + 1].sum(1) / begun.sum(-1).clamp(min=0.5)
            lines.append(begun * held[:, None] * playing[:, n : n + 1])
        weight = torch.cat([*lines, shown[..., at + CHORDS : at + 2 * CHORDS].sum(1) * playing[:, 2:3]], -1)
        total = weight.sum(-1).clamp(min=1e-3)
        height = (weight * self.pitches).sum(-1) / total
        classes = weight @ self.classes
        classes = classes - classes.mean(-1, keepdim=True)
        fits = (classes / classes.norm(dim=-1, keepdim=True).clamp(min=1e-3)) @ self.profiles.T
        major, minor = ((20 * part).logsumexp(-1) / 20 for part in fits.split(12, -1))
        mode = (major - minor - MODE[0]) / MODE[1]
        return (mode + 0.3 * (height - REGISTER[0]) / REGISTER[1]) / 1.3


def gaussian(given: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    """Mean over what is known of Huber's loss between numbers."""
    loss = functional.huber_loss(given, wanted, reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1)
