"""Chords as voices: how high each note of a chord lies, from the top down, at every step of a phrase.

A voicing that is told by heights and not by pitches lies about as well over another chord: its notes are the tones of
that chord which are next to where they lay.
"""

import numpy as np
import torch
from torch import Tensor

from bridge.engine.theory_layout import BAR, BARS, CHORDS_LOW, CHORDS_SIZE, STEPS, SYMBOLS, tones

MOST = 5
"""Voices of a chord; of the few that have more it is the highest."""
HELD = BAR * MOST
"""Numbers that the voices of a bar are."""
MIDDLE, UNIT = 60.0, 6.0
"""The pitch that heights are counted from, and semitones that they are counted in."""
APART = 0.5
"""Semitones between two voices from which on they are rather two notes than one."""
NARROWLY, MOST_SPACED = 0.08, 1.4
"""Ratio (its logarithm) of spreads that are the same, and by which a voicing becomes wider or narrower at most."""


def _choice() -> Tensor:
    """[64, 64] which onset the chord of a step is of: the last one until then, else the next."""
    ahead = torch.arange(STEPS) - torch.arange(STEPS).unsqueeze(1)
    return torch.where(ahead > 0, STEPS - ahead, 2 * STEPS + ahead).float()


def nearest() -> Tensor:
    """[85, 56] for each chord the tone of it that is nearest to each pitch; where there is no chord the pitch."""
    found = np.tile(np.arange(CHORDS_SIZE), (SYMBOLS, 1))
    for symbol in range(1, SYMBOLS):
        inside = np.flatnonzero(np.resize(np.roll(tones(symbol), -(CHORDS_LOW % 12)), CHORDS_SIZE))
        found[symbol] = inside[np.abs(inside - np.arange(CHORDS_SIZE)[:, None]).argmin(-1)]
    return torch.from_numpy(found)


CHOICE, NEAREST = _choice(), nearest()


def heights(chords: Tensor, onset: Tensor) -> Tensor:
    """[B, 64, 5] how high the voices of chords [B, 64, 56] lie that are struck at onsets [B, 64]. What a chord lacks of
    them lies where its lowest does."""
    at = (onset.unsqueeze(1) * CHOICE).argmax(-1)
    struck = chords.gather(1, at.unsqueeze(-1).expand(-1, -1, CHORDS_SIZE))
    top = (struck * (torch.arange(CHORDS_SIZE) + 1.0)).topk(MOST).values
    lowest = torch.where(top > 0, top, CHORDS_SIZE + 1.0).amin(-1, keepdim=True)
    found = (torch.where(top > 0, top, lowest) + (CHORDS_LOW - 1 - MIDDLE)) / UNIT
    return found * (top[..., :1] > 0).to(found.dtype)


def spaced(voices: Tensor, onset: Tensor, width: Tensor) -> Tensor:
    """Voices [B, 64, 5] spread so that over the onsets [B, 64] of a bar they deviate by `width` [B] semitones, the mean
    over bars."""
    beside = ((voices[..., :-1] - voices[..., 1:]).abs() * UNIT - APART / 2).clamp(0.0, APART) / APART
    there = torch.cat([torch.ones_like(beside[..., :1]), beside], -1) * onset.unsqueeze(-1)
    there, rows = (part.reshape(-1, BARS, BAR * MOST) for part in (there, voices))
    count = there.sum(-1, keepdim=True)
    mean = (there * rows).sum(-1, keepdim=True) / count.clamp(min=1.0)
    away = rows - mean
    deviation = ((there * away.square()).sum(-1, keepdim=True) / count.clamp(min=1.0) + 1e-4).sqrt()
    voiced = (count > 1.5).to(rows.dtype)
    usual = (deviation * voiced).sum(1, keepdim=True) / voiced.sum(1, keepdim=True).clamp(min=1.0)
    short = (width.reshape(-1, 1, 1) / UNIT / usual.clamp(min=0.05)).log()
    wider = (short.sign() * (short.abs() - NARROWLY).clamp(0.0, MOST_SPACED)).exp()
    wider = torch.where(voiced.sum(1, keepdim=True) > 0, wider, 1.0)
    return torch.where(count > 0, mean + wider * away, rows).reshape(voices.shape)


def followed(chords: Tensor, own: Tensor, told: Tensor) -> Tensor:
    """Chords [B, 64, 56] on the nearest tones of the chords [B, 64] that are told, where these are not their own."""
    moved = torch.zeros_like(chords).scatter_reduce(-1, NEAREST[told], chords, "amax")
    return torch.where((own == told).unsqueeze(-1), chords, moved)
