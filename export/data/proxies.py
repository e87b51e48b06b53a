"""Arousal and brightness of music, computed from its notes; nobody rated anything.

Both are z-scores over the bundle's pieces. Arousal is how dense the onsets are in a beat, so that the tempo, which
belongs to the player, has no part in it; where a person's velocities are known they count for a third. Brightness is
how much more major than minor the pitch classes are, and a little how high the notes lie, by the formula that comes
with the bundle.
"""

import math

import numpy as np
from numpy.typing import NDArray

from bridge.engine.grid import TICKS
from export.data.piece import Column, Role, Table

DENSITY = {False: (0.5485, 0.4904), True: (1.0880, 0.4291)}
"""Mean and deviation of the logarithm of the onsets a beat, in pitched pieces and (True) in drums alone."""
LOUDNESS = {False: (86.43, 12.30), True: (76.09, 17.53)}
"""Mean and deviation of the velocity where people played, in the same two."""
MODE = (0.11292, 0.19607)
REGISTER = (64.35774, 5.84929)

KRUMHANSL = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
"""How well each pitch class fits a key, from its root up, as Krumhansl and Kessler's listeners rated it."""
_TURNED = {mode: np.array([np.roll(profile, n) for n in range(12)]) for mode, profile in KRUMHANSL.items()}


def arousal(notes: Table, beats: float, dynamics: bool) -> float:
    """Arousal of rows of notes that last so many beats; NaN without notes. Drums count where there is nothing else."""
    pitched = notes[notes[:, Column.ROLE] != Role.DRUMS]
    alone = not len(pitched)
    heard = notes if alone else pitched
    if not len(heard) or beats <= 0:
        return math.nan
    mean, deviation = DENSITY[alone]
    dense = (math.log(len(np.unique(heard[:, Column.TICK])) / beats) - mean) / deviation
    if not dynamics:
        return dense
    mean, deviation = LOUDNESS[alone]
    return (dense + 0.5 * (float(heard[:, Column.VELOCITY].mean()) - mean) / deviation) / 1.5


def brightness(notes: Table) -> float:
    """Brightness of the pitched notes among rows; NaN without any."""
    heard = notes[notes[:, Column.ROLE] != Role.DRUMS]
    if not len(heard):
        return math.nan
    lengths = heard[:, Column.LENGTH].astype(float)
    height = float((heard[:, Column.PITCH] * lengths).sum() / lengths.sum())
    mode = mode_score(_sounding(heard))
    return ((mode - MODE[0]) / MODE[1] + 0.3 * (height - REGISTER[0]) / REGISTER[1]) / 1.3


def mode_score(weights: NDArray[np.float64]) -> float:
    """How much better the best major key than the best minor key fits twelve weights (Krumhansl's profiles)."""
    best = {mode: max(_correlation(weights, row) for row in rows) for mode, rows in _TURNED.items()}
    return best["major"] - best["minor"]


def likely_key(notes: Table) -> tuple[int, str]:
    """Tonic and mode whose profile fits the pitched notes best."""
    heard = notes[notes[:, Column.ROLE] != Role.DRUMS]
    weights = _sounding(heard)
    keys = [
        (_correlation(weights, row), tonic, mode) for mode, rows in _TURNED.items() for tonic, row in enumerate(rows)
    ]
    _, tonic, mode = max(keys)
    return tonic, mode


def beats_of(bars: Table) -> float:
    """Beats between the first and the last bar line."""
    return float(bars[-1] - bars[0]) / TICKS


def _sounding(rows: Table) -> NDArray[np.float64]:
    """Ticks that each pitch class sounds."""
    return np.bincount(rows[:, Column.PITCH] % 12, rows[:, Column.LENGTH], 12).astype(np.float64)


def _correlation(weights: NDArray[np.float64], profile: NDArray[np.float64]) -> float:
    a, b = weights - weights.mean(), profile - profile.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 0.0
