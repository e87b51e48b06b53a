"""What the denoiser is trained on: the likelihood of the clean window, choice by choice."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from bridge.engine.diffusion_condition import HERE
from bridge.engine.diffusion_roll import ACCENT, CHOICE, HIT, LOUD, MIDDLE, PIECES, PITCH_UNIT, TONE, VELOCITY_UNIT
from bridge.engine.diffusion_table import CHORDS, DRUMS, HOLD, LINES, ONSET, REST, VOICES
from export.diffusion.batches import Batch, by_channel
from export.families.diffusion import Denoiser, Sight

HELD = 0.4
"""What a step that goes on counts, where an onset counts 1."""
REGISTER, VELOCITY = 0.5, 0.5
"""Weights of squared errors beside likelihoods."""


def noised(batch: Batch, level: Tensor, noise: Tensor) -> Tensor:
    """The roll that the denoiser sees: given cells clean, cells to be made at a noise level [B], others 0."""
    angle = (level * (math.pi / 2))[:, None, None]
    noisy = torch.cos(angle) * batch.clean + torch.sin(angle) * noise
    return torch.where(by_channel(batch.given), batch.clean, torch.where(by_channel(batch.made), noisy, 0.0))


def sight(batch: Batch, level: Tensor, noise: Tensor, estimate: Tensor | None = None) -> Sight:
    """What the denoiser sees of a batch."""
    x = noised(batch, level, noise)
    known = torch.zeros_like(x[:, HERE]) if estimate is None else estimate
    mask = torch.cat([batch.given, batch.made], -1).float()
    return Sight(x, level, known, mask, batch.steps, batch.whole)


def guess(logits: Tensor, batch: Batch) -> Tensor:
    """The clean window to be expected, where it is to be made."""
    return torch.where(by_channel(batch.made[:, HERE]), mean(logits), 0.0)


def foretell(model: Denoiser, batch: Batch, level: Tensor, noise: Tensor, twice: bool) -> Tensor:
    """Logits of a batch; `twice`: told what it first thought itself."""
    estimate = None
    if twice:
        with torch.no_grad():
            estimate = guess(model(*sight(batch, level, noise)).float(), batch)
    logits: Tensor = model(*sight(batch, level, noise, estimate))
    return logits.float()


def losses(logits: Tensor, batch: Batch) -> Tensor:
    """Loss [B, STEPS, 4] of each cell by voice, 0 where it is not to be made."""
    table = batch.table
    found: dict[str, Tensor] = {}
    for voice, part in LINES:
        at, column, octaves = part.logit, part.column, part.octaves
        state, pitch, velocity = (table[..., column + n] for n in range(3))
        sounding = torch.where(state == REST + 1, 1.0, torch.where(state == REST, 0.0, HELD))
        octave = ((pitch - part.lowest) // 12).clamp(0, octaves - 1)
        loss = choice(logits[..., at : at + 3], state)
        loss = loss + sounding * choice(logits[..., at + 3 : at + 15], pitch % 12)
        loss = loss + sounding * choice(logits[..., at + 15 : at + 15 + octaves], octave)
        found[voice] = loss + _error(logits[..., at + 15 + octaves], velocity, state == REST + 1)
    at, column = CHORDS.logit, CHORDS.column
    state, bits, low, top, velocity = (table[..., column + n] for n in range(5))
    sounding = torch.where(state == REST + 1, 1.0, torch.where(state == REST, 0.0, HELD))
    tones = (bits[..., None] >> torch.arange(12, device=bits.device)) & 1
    loss = choice(logits[..., at : at + 3], state)
    loss = loss + sounding * _either(logits[..., at + 3 : at + 15], tones.float())
    for n, pitch in enumerate((low, top)):
        loss = loss + REGISTER * sounding * (logits[..., at + 15 + n] - (pitch - MIDDLE) / PITCH_UNIT) ** 2
    found["chords"] = loss + _error(logits[..., at + 17], velocity, state == REST + 1)
    strokes = table[..., DRUMS.column :]
    at = DRUMS.logit
    loss = _either(logits[..., at : at + PIECES], (strokes > 0).float())
    accents = ((logits[..., at + PIECES : at + 2 * PIECES] - strokes / 127.0) ** 2 * (strokes > 0)).sum(-1)
    found["drums"] = loss + 4 * VELOCITY * accents
    return torch.stack([found[voice] for voice in VOICES], -1) * batch.made[:, HERE]


class Expected(NamedTuple):
    """What somebody else expects of a window, likelihoods [B, STEPS, ...] in the order of the logits."""

    lines: tuple[tuple[Tensor, Tensor, Tensor, Tensor], ...]
    """Of lead and bass: states, pitch classes, octaves, velocity."""
    chords: tuple[Tensor, Tensor, Tensor, Tensor]
    """States, tones, heights of lowest and highest note, velocity."""
    drums: tuple[Tensor, Tensor]
    """Strokes and accents."""


def expected(logits: Tensor) -> Expected:
    """What logits [B, STEPS, LOGITS] expect."""
    lines = []
    for _, part in LINES:
        at, end = part.logit, part.logit + 15 + part.octaves
        state, pitch, octave = (
            torch.softmax(logits[..., first:last], -1)
            for first, last in ((at, at + 3), (at + 3, at + 15), (at + 15, end))
        )
        lines.append((state, pitch, octave, logits[..., end]))
    at = CHORDS.logit
    state, tones = torch.softmax(logits[..., at : at + 3], -1), torch.sigmoid(logits[..., at + 3 : at + 15])
    chords = state, tones, logits[..., at + 15 : at + 17], logits[..., at + 17]
    at = DRUMS.logit
    drums = torch.sigmoid(logits[..., at : at + PIECES]), logits[..., at + PIECES : at + 2 * PIECES]
    return Expected(tuple(lines), chords, drums)


def soft_losses(logits: Tensor, end: Expected, batch: Batch) -> Tensor:
    """The same as `losses`, against what somebody else expects in place of what the piece has."""
    found: dict[str, Tensor] = {}
    for (voice, part), (state, pitch, octave, velocity) in zip(LINES, end.lines, strict=True):
        at, last = part.logit, part.logit + 15 + part.octaves
        sounding = state[..., ONSET] + HELD * state[..., HOLD]
        loss = _cross(logits[..., at : at + 3], state)
        loss = loss + sounding * _cross(logits[..., at + 3 : at + 15], pitch)
        loss = loss + sounding * _cross(logits[..., at + 15 : last], octave)
        found[voice] = loss + VELOCITY * state[..., ONSET] * (logits[..., last] - velocity) ** 2
    at, (state, tones, heights, velocity) = CHORDS.logit, end.chords
    sounding = state[..., ONSET] + HELD * state[..., HOLD]
    loss = _cross(logits[..., at : at + 3], state) + sounding * _either(logits[..., at + 3 : at + 15], tones)
    loss = loss + REGISTER * sounding * ((logits[..., at + 15 : at + 17] - heights) ** 2).sum(-1)
    found["chords"] = loss + VELOCITY * state[..., ONSET] * (logits[..., at + 17] - velocity) ** 2
    at, (strokes, accents) = DRUMS.logit, end.drums
    loss = _either(logits[..., at : at + PIECES], strokes)
    misses = (strokes * (logits[..., at + PIECES : at + 2 * PIECES] - accents) ** 2).sum(-1)
    found["drums"] = loss + 4 * VELOCITY * misses
    return torch.stack([found[voice] for voice in VOICES], -1) * batch.made[:, HERE]


def _cross(logits: Tensor, likely: Tensor) -> Tensor:
    """Nats of likelihoods [..., N] by logits [..., N]."""
    return -(likely * torch.log_softmax(logits, -1)).sum(-1)


def choice(logits: Tensor, index: Tensor) -> Tensor:
    """Nats of a choice [...] from logits [..., N]."""
    return -torch.log_softmax(logits, -1).gather(-1, index.unsqueeze(-1)).squeeze(-1)


def _either(logits: Tensor, there: Tensor) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(logits, there, reduction="none").sum(-1)


def _error(found: Tensor, velocity: Tensor, there: Tensor) -> Tensor:
    return VELOCITY * there * (found - (velocity - LOUD) / VELOCITY_UNIT) ** 2


def mean(logits: Tensor) -> Tensor:
    """The roll to be expected, as `bridge.engine.diffusion_roll.mean` has it."""
    parts = []
    for _, part in LINES:
        at, end = part.logit, part.logit + 15 + part.octaves
        state = torch.softmax(logits[..., at : at + 3], -1)
        sounding = CHOICE * (1.0 - state[..., :1])
        parts += [
            CHOICE * state[..., 1:],
            sounding * torch.softmax(logits[..., at + 3 : at + 15], -1),
            sounding * torch.softmax(logits[..., at + 15 : end], -1),
            state[..., 1:2] * logits[..., end : end + 1],
        ]
    at = CHORDS.logit
    state = torch.softmax(logits[..., at : at + 3], -1)
    sounding = 1.0 - state[..., :1]
    parts += [
        CHOICE * state[..., 1:],
        TONE * sounding * torch.sigmoid(logits[..., at + 3 : at + 15]),
        sounding * logits[..., at + 15 : at + 17],
        state[..., 1:2] * logits[..., at + 17 : at + 18],
    ]
    at = DRUMS.logit
    likely = torch.sigmoid(logits[..., at : at + PIECES])
    parts.append(likely * (HIT + ACCENT * logits[..., at + PIECES : at + 2 * PIECES]))
    return torch.cat(parts, -1)
