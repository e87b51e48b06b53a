"""Content and neighbours together: how much a player will like each of some items."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste import neighbours

Floats = NDArray[np.float64]


class Mixed(msgspec.Struct, frozen=True):
    """For each item [I]: `score` (more is better), and what neighbours say of it; `share` is how much they count."""

    score: Floats
    votes: Floats
    near: Floats
    """How near each player [U] is."""
    share: float


def mixed(table: Floats, player: int, content: Floats, among: NDArray[np.bool_] | None = None) -> Mixed:
    """Mix what the content says of each item [I] with the votes of a table [U, I].

    `among` [I] are the items to be compared: both are laid on one scale over them. Without scikit-learn only the
    content counts.
    """
    kept = np.ones(table.shape[1], np.bool_) if among is None else among
    share = neighbours.share(neighbours.co_likes(table, player))
    if share == 0.0 or not neighbours.there():
        nobody = np.zeros(table.shape[1])
        return Mixed(_scaled(content, kept), nobody, np.zeros(len(table)), 0.0)
    votes, near = neighbours.votes(table, player)
    score = (1.0 - share) * _scaled(content, kept) + share * _scaled(votes, kept)
    return Mixed(score, votes, near, share)


def _scaled(values: Floats, among: NDArray[np.bool_]) -> Floats:
    """Values about their mean over the items compared, in deviations; zeros where they are all the same."""
    if not among.any():
        return np.zeros_like(values)
    spread = float(values[among].std())
    found: Floats = (values - values[among].mean()) / spread if spread > 1e-9 else np.zeros_like(values)
    return found
