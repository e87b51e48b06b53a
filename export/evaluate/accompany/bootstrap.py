"""What a mean over few trials is worth: bootstrap intervals over trials."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

DRAWS = 2000
POOLED_DRAWS = 200
SEED = 7


class Estimate(msgspec.Struct, frozen=True):
    """A figure, its 95 % interval (equal to it where there is one trial), and the number of trials."""

    value: float
    low: float
    high: float
    count: int


def mean(values: Sequence[float | None]) -> Estimate | None:
    """The mean of the values there are."""
    known = np.array([value for value in values if value is not None], np.float64)
    if not len(known):
        return None
    drawn = np.random.default_rng(SEED).integers(0, len(known), (DRAWS, len(known)))
    low, high = np.percentile(known[drawn].mean(axis=1), [2.5, 97.5])
    return Estimate(float(known.mean()), float(low), float(high), len(known))


def pooled(count: int, figure: Callable[[Sequence[int]], float], draws: int = POOLED_DRAWS) -> Estimate | None:
    """A figure of all trials together, given as a function of the trials' indices."""
    if not count:
        return None
    random = np.random.default_rng(SEED)
    found = [figure(random.integers(0, count, count).tolist()) for _ in range(draws)]
    known = [value for value in found if np.isfinite(value)]
    value = figure(range(count))
    low, high = np.percentile(known, [2.5, 97.5]) if known else (value, value)
    return Estimate(value, float(low), float(high), count)
