"""Rank correlation: whether one thing rises where another does."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def spearman(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rank correlation of the pairs that are both known; 0 where one of them never changes."""
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    there = np.isfinite(one) & np.isfinite(other)
    a, b = _ranks(one[there]), _ranks(other[there])
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks, ties with the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    found: NDArray[np.float64] = (ends - (counts - 1) / 2)[inverse]
    return found
