"""What somebody likes, from a few likes and dislikes: weights of features, held back by what others like.

Logistic regression with a normal prior on every weight, at its maximum a posteriori (Newton's method). The prior's mean
is what the other players like, if there are any; its width says how fast a player's own likes take over.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRECISION = 3.0
"""One over the prior's variance: the greater, the more likes it takes."""
ROUNDS = 12
"""Newton's steps at most; it seldom takes more than five."""
SETTLED = 1e-6


def fit(
    vectors: Floats,
    values: Floats,
    prior: Floats | None = None,
    precision: float = PRECISION,
    given: Floats | None = None,
) -> Floats:
    """Weights [D + 1], the last of them that of a constant, from features [N, D] and opinions [N], -1 to 1.

    An opinion's sign says which, its size how much it counts. Without one the prior's mean comes back. `given` [N] is
    what something else says of each already, in log-odds.
    """
    count, width = vectors.shape
    start = np.zeros(width + 1) if prior is None else prior
    if count == 0:
        return start.copy()
    inputs = np.hstack([vectors, np.ones((count, 1))])
    liked, counts = (values > 0).astype(np.float64), np.abs(values)
    weights = start.copy()
    for _ in range(ROUNDS):
        chance = sigmoid(inputs @ weights + (0.0 if given is None else given))
        slope = inputs.T @ (counts * (liked - chance)) - precision * (weights - start)
        bend = (inputs.T * (counts * chance * (1 - chance))) @ inputs + precision * np.eye(width + 1)
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < SETTLED:
            break
    return weights


def liked(weights: Floats, vectors: Floats) -> Floats:
    """How likely each of some features [N, D] is to be liked, 0 to 1."""
    return sigmoid(odds(weights, vectors))


def odds(weights: Floats, vectors: Floats) -> Floats:
    """The same in log-odds."""
    found: Floats = vectors @ weights[:-1] + weights[-1]
    return found


def dense(rows: Sequence[Mapping[str, float]]) -> Floats:
    """Sparse features as an array [N, D]: every name that any of them has, and its square about the middle."""
    names = sorted({name for row in rows for name in row})
    found = np.zeros((len(rows), 2 * len(names)))
    for line, row in zip(found, rows, strict=True):
        for column, name in enumerate(names):
            if name in row:
                place = 1.0 if "=" in name else 2.0 * row[name] - 1.0
                line[2 * column : 2 * column + 2] = place, place * place
    return found


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + exp(-x)) of each."""
    found: Floats = 0.5 * (1.0 + np.tanh(0.5 * values))
    return found
