"""How much of each set a training run sees: shares of the sets, and a cap on what one piece counts."""

import numpy as np
from numpy.typing import NDArray

from export.data.piece import Piece

SHARES = {
    "lieder": 0.24,
    "freedoom": 0.12,
    "openhymnal": 0.07,
    "ewld_pd": 0.06,
    "nottingham": 0.10,
    "mutopia": 0.14,
    "quartets": 0.04,
    "groove": 0.06,
    "billboard": 0.09,
    "rock200": 0.03,
    "wjd": 0.04,
    "moods": 0.01,
}
"""Share of the examples that come from each set; sets that are not here have OTHER."""
OTHER = 0.15
CAP = 64
"""Bars beyond which a longer piece of its set does not count more."""


def chances(pieces: list[Piece]) -> NDArray[np.float64]:
    """The probability of drawing each piece: its set's share, within the set by bars up to CAP; they sum to 1."""
    weights = np.array([min(len(piece.bars) - 1, CAP) for piece in pieces], np.float64)
    sets = np.array([piece.set for piece in pieces])
    for name in np.unique(sets):
        inside = sets == name
        weights[inside] *= SHARES.get(str(name), OTHER) / weights[inside].sum()
    found: NDArray[np.float64] = weights / weights.sum()
    return found
