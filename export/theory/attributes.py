"""What the knobs stand for, measured in notes; every measure also takes probabilities, so that it can be learnt from.

height: mean pitch of the lead. range: standard deviation of its pitches, in semitones. activity: its onsets a beat.
syncopation: share of its onsets off the beat (or off the half beat) after which the next stronger place has none.
comping: onsets a beat of the chords. colour: share of the pairs of pitch classes struck together in the chords that
are a semitone, a tone or a tritone apart. spread: standard deviation of the chords' pitches in a bar, in semitones.
repetition: how alike bars are to one before them.
"""

import torch
from torch import Tensor

from bridge.engine.theory_layout import (
    BAR,
    BARS,
    CHORDS,
    CHORDS_LOW,
    CHORDS_SIZE,
    LEAD,
    LEAD_LOW,
    LEAD_SIZE,
    ONSET,
    STEPS,
)

TINY = 1.0e-4
_INTO = torch.arange(STEPS) % 4
OFF = (_INTO > 0).float()
"""[64] places off the beat."""
_TIGHT = torch.tensor([[float(abs(a - b) % 12 in (1, 2, 6, 10, 11)) for b in range(12)] for a in range(12)])
_CLASS = torch.nn.functional.one_hot((torch.arange(CHORDS_SIZE) + CHORDS_LOW) % 12, 12).float()
_LEADS = torch.arange(LEAD_SIZE) + float(LEAD_LOW)
_CHORDS = torch.arange(CHORDS_SIZE) + float(CHORDS_LOW)


def attributes(onset: Tensor, lead: Tensor, chords: Tensor, bar: Tensor, struck: Tensor | None = None) -> Tensor:
    """[B, 7] from probabilities of onsets [B, 3, 64], of the lead's pitches [B, 64, 56] and of each pitch of the chords
    [B, 64, 56]. `struck` [B, 3, 64] are the onsets at which pitches count; by default the same.

    What a phrase has no notes for is NaN.
    """
    struck = onset if struck is None else struck
    return torch.cat(
        [of_pitch(struck, lead, bar), of_rhythm(onset, bar), of_harmony(struck, chords, bar)],
        -1,
    )


def of_pitch(struck: Tensor, lead: Tensor, bar: Tensor) -> Tensor:
    """[B, 2] height and range."""
    return torch.stack(_line(struck[:, LEAD] * _used(bar), lead @ _LEADS), -1)


def of_rhythm(onset: Tensor, bar: Tensor) -> Tensor:
    """[B, 3] activity, syncopation and comping."""
    used, beats = _used(bar), bar * BARS / 4
    lead, chords = onset[:, LEAD] * used, onset[:, CHORDS] * used
    return torch.stack([lead.sum(-1) / beats, _syncopation(lead, used, bar), chords.sum(-1) / beats], -1)


def of_harmony(struck: Tensor, chords: Tensor, bar: Tensor) -> Tensor:
    """[B, 2] colour and spread."""
    onset = struck[:, CHORDS] * _used(bar)
    return torch.stack([_colour(onset, chords), _spread(onset, chords)], -1)


def _used(bar: Tensor) -> Tensor:
    """[B, 64] 1 for the places that bars of so many steps use."""
    return (torch.arange(STEPS, device=bar.device) % BAR < bar.unsqueeze(1)).float()


def hard(states: Tensor, lead: Tensor, chords: Tensor, bar: Tensor) -> Tensor:
    """[B, 7] of notes: states [B, 3, 64], lead [B, 64] from 1 on, chords [B, 64, 56]."""
    pitch = _hot(lead, LEAD_SIZE + 1)[..., 1:]
    return attributes((states == ONSET).float(), pitch, chords.float(), bar)


def repetition(states: Tensor, lead: Tensor, chords: Tensor, bass: Tensor, bar: Tensor) -> Tensor:
    """[B] how much later bars repeat earlier ones, 0 to 1: of each of the last three, how alike it is to the bar before
    it that it is most like, the mean of melody, rhythm and harmony, so far as it has them."""
    found = alike((states == ONSET).float(), lead, chords.float(), bass, bar)
    sung, struck = (lead > 0).any(-1), (states == ONSET).flatten(1).any(-1)
    there = torch.stack([sung, struck, (chords > 0).flatten(1).any(-1) | (bass > 0).any(-1)], -1).to(found.dtype)
    mean = torch.einsum("bnfm,bf->bnm", found, there) / there.sum(-1)[:, None, None].clamp(min=1.0)
    return mean.amax(-1).mean(-1)


def alike(onset: Tensor, lead: Tensor, chords: Tensor, bass: Tensor, bar: Tensor) -> Tensor:
    """[B, 3, 3, 4] how alike a later bar is to each before it, in pitch, rhythm and harmony (0 to 1).

    Onsets [B, 3, 64] are 0 or 1, and 0 in a voice that is not known.
    """
    used = _used(bar)
    size = onset.shape[0]
    rhythm = (onset * used.unsqueeze(1)).reshape(size, 3, BARS, BAR).transpose(1, 2).flatten(2)
    line = _hot(lead, 64)[..., 1:] * used.unsqueeze(-1)
    voiced = torch.cat([chords, _hot(bass, 64)[..., 1:]], -1) * used.unsqueeze(-1)
    kinds = (line.reshape(size, BARS, -1), rhythm, voiced.reshape(size, BARS, -1))
    return torch.stack([overlaps(kind) for kind in kinds], 2)


def _hot(index: Tensor, size: int) -> Tensor:
    return (index.unsqueeze(-1) == torch.arange(size, device=index.device)).float()


def overlaps(bars: Tensor) -> Tensor:
    """[B, 3, 4] overlap (F1) of each later bar [B, 4, K] of zeros and ones with each bar before it; else 0."""
    both = bars @ bars.transpose(1, 2)
    count = bars.sum(-1)
    score = 2 * both / (count.unsqueeze(1) + count.unsqueeze(2)).clamp(min=1.0)
    return torch.tril(score, -1)[:, 1:]


def _line(onset: Tensor, pitch: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of the pitches of a line [B, 64] whose onsets are 0 or 1."""
    count = onset.sum(-1)
    height = (onset * pitch).sum(-1) / count.clamp(min=1)
    square = (onset * (pitch - height.unsqueeze(-1)).square()).sum(-1) / count.clamp(min=1)
    nothing = torch.full_like(height, torch.nan)
    return torch.where(count > 0, height, nothing), torch.where(count > 1, (square + TINY).sqrt(), nothing)


def _syncopation(onset: Tensor, used: Tensor, bar: Tensor) -> Tensor:
    """Share of onsets that hang over the next stronger place: 1 and 3 to the next half beat, 2 to the next beat."""
    index = torch.arange(STEPS)
    ahead = torch.where(_INTO == 2, 2, 1)
    target = index + ahead
    # Behind the last place of a short bar the next one begins.
    into = index % BAR
    over = into + ahead >= bar.unsqueeze(1)
    nextbar = (index // BAR + 1) * BAR
    target = torch.where(over, nextbar, target.expand_as(over)).clamp(max=STEPS - 1)
    following = onset.gather(-1, target)
    hang = onset * (1 - following) * OFF * used
    count = onset.sum(-1)
    return torch.where(count > 0.5, hang.sum(-1) / count.clamp(min=0.5), torch.full_like(count, torch.nan))


def _colour(onset: Tensor, chords: Tensor) -> Tensor:
    absent = torch.log1p(-chords.clamp(max=1 - TINY)) @ _CLASS
    classes = 1 - torch.exp(absent)
    pairs = classes.unsqueeze(-1) * classes.unsqueeze(-2) * torch.triu(torch.ones(12, 12), 1)
    weight = onset.unsqueeze(-1).unsqueeze(-1) * pairs
    total = weight.sum((1, 2, 3))
    tight = (weight * _TIGHT).sum((1, 2, 3))
    return torch.where(total > 0.5, tight / total.clamp(min=0.5), torch.full_like(total, torch.nan))


def _spread(onset: Tensor, chords: Tensor) -> Tensor:
    weight = (onset.unsqueeze(-1) * chords).reshape(onset.shape[0], BARS, BAR, -1).sum(2)
    total = weight.sum(-1)
    share = weight / total.unsqueeze(-1).clamp(min=TINY)
    mean = share @ _CHORDS
    spread = (share * (_CHORDS - mean.unsqueeze(-1)).square()).sum(-1).clamp(min=1e-3).sqrt()
    there = (total > 1.5).to(spread.dtype)
    count = there.sum(-1)
    return torch.where(count > 0, (spread * there).sum(-1) / count.clamp(min=1), torch.full_like(count, torch.nan))
