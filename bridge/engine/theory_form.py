"""Form: which bars of an idea come again, how much of each factor comes with them, and ideas of another form.

A later bar is one before it, changed. How much of it is not changed is told for pitch, rhythm and harmony each, from 0
(nothing) to 1 (all of it). Of categories that share is the same in both bars; numbers correlate by it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.theory_layout import BARS

Floats = NDArray[np.float32]

FACTORS = ("pitch", "rhythm", "harmony")
GATES = len(FACTORS) * (BARS - 1)
LOOKS = 5
"""Numbers that say where the third and the fourth bar look; the second has but one before it."""
OF_BARS = {
    "degree": "pitch",
    "pitch": "pitch",
    "pattern": "rhythm",
    "rhythm": "rhythm",
    "chord": "harmony",
    "ground": "harmony",
    "harmony": "harmony",
}
"""Latent of bars -> its factor."""
NUMBERS = ("pitch", "rhythm", "harmony")
"""Latents that are numbers and no categories."""
NEAR = 0.5
"""Change of a share from which on nothing is left of how exactly a bar was what structure said of it."""

ALMOST = 1.0e-3
"""Difference of shares that is none."""

Latents = Mapping[str, Floats]
"""Latent -> its value, the bars one after the other."""


class Form(NamedTuple):
    """What structure says of the three later bars."""

    shares: Floats
    """[3, 3] how much of a bar comes again, by factor."""
    looks: tuple[int, ...]
    """The bar that each repeats."""


def form_of(structure: Floats, table: Floats) -> Form:
    """The form that a structure [S] says by a pack's table [S + 1, 14]."""
    raw = structure @ table[:-1] + table[-1]
    found = 1 / (1 + np.exp(-np.clip(raw[:GATES], -30, 30)))
    third, fourth = raw[GATES : GATES + 2], raw[GATES + 2 :]
    looks = (0, int(third.argmax()), int(fourth.argmax()))
    return Form(found.reshape(BARS - 1, len(FACTORS)).astype(np.float32), looks)


def shares(latents: Latents, looks: Sequence[int]) -> dict[str, Floats]:
    """Latent -> [3] how much of each later bar is that of the bar it looks at."""
    found = {}
    for name in OF_BARS:
        bars = _bars(latents[name])
        rows = [_alike(name, bars[n + 1], bars[look]) for n, look in enumerate(looks)]
        found[name] = np.array(rows, np.float32)
    return found


def wanted(latents: Latents, before: Mapping[str, Form], after: Form, exponents: Floats) -> dict[str, Floats]:
    """Latent -> [3] the share that each later bar is to have, going from one form to another.

    `before` says the form that each factor has; one that is not in it has none. Where little changes, what the phrase
    has itself counts, which structure says only roughly. Shares of notes become those of a latent by its power.
    """
    found = {}
    own = shares(latents, after.looks)
    for (name, factor), power in zip(OF_BARS.items(), exponents, strict=True):
        column = FACTORS.index(factor)
        new = after.shares[:, column] ** power
        if factor in before:
            old = before[factor].shares[:, column] ** power
            kept = np.maximum(0, 1 - np.abs(new - old) / NEAR) * np.equal(before[factor].looks, after.looks)
            new = np.clip(new + kept * (own[name] - old), 0, 1)
        found[name] = new.astype(np.float32)
    return found


def reshaped(latents: Latents, aims: Latents, looks: Sequence[int], fresh: Latents) -> dict[str, Floats]:
    """The latents with as much of each later bar from the bar it looks at as `aims` say; what must no longer be the
    same is from a `fresh` idea."""
    found = {}
    for name, aim in aims.items():
        old, new = _bars(latents[name]), _bars(latents[name]).copy()
        other = _bars(fresh[name])
        for n, look in enumerate(looks):
            change = _leaning if name in NUMBERS else _copied
            new[n + 1] = change(old[n + 1], old[look], new[look], other[n + 1], float(aim[n]))
        found[name] = new.reshape(latents[name].shape)
    return found


def _copied(own: Floats, seen: Floats, now: Floats, fresh: Floats, aim: float) -> Floats:
    """Categories [N, K] of which a share is those of the bar seen, as that is now."""
    order = _stagger(len(own))
    same = own.argmax(-1) == seen.argmax(-1)
    share = float(same.mean())
    if aim >= share:
        over = same | (order < (aim - share) / max(1 - share, 1e-6))
        return np.where(over[:, None], now, own)
    stay = order < aim / share
    return np.where((same & stay)[:, None], now, np.where(same[:, None], fresh, own))


def _leaning(own: Floats, seen: Floats, now: Floats, fresh: Floats, aim: float) -> Floats:
    """Numbers [N] that correlate with those of the bar seen, as that is now."""
    share = _cosine(own, seen)
    along = own + share * (now - seen)
    if abs(aim - share) < ALMOST or aim > share > 1 - ALMOST:
        return np.asarray(along, np.float32)
    if aim > share:
        rest = along - share * now
        found = aim * now + rest * ((1 - min(aim, 1.0) ** 2) / (1 - share**2)) ** 0.5
    else:
        turn = max(aim, 0.0) / share
        noise = fresh * (np.linalg.norm(along) / max(float(np.linalg.norm(fresh)), 1e-6))
        found = turn * along + (1 - turn**2) ** 0.5 * noise
    return np.asarray(found, np.float32)


def _alike(name: str, first: Floats, second: Floats) -> float:
    if name in NUMBERS:
        return _cosine(first, second)
    return float((first.argmax(-1) == second.argmax(-1)).mean())


def _cosine(first: Floats, second: Floats) -> float:
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return max(float(first.ravel() @ second.ravel()) / size, 0.0) if size > 0 else 0.0


def _bars(latent: Floats) -> Floats:
    """By bars: [4, ...]. What has one row a bar stays as it is."""
    return latent if len(latent) == BARS else latent.reshape(BARS, len(latent) // BARS, -1)


def _stagger(count: int) -> Floats:
    return ((np.arange(count) * 0.6180339887498949 + 0.5) % 1.0).astype(np.float32)
