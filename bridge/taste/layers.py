"""Content in two layers: what the features of items say, and what a pack's latents say beyond that.

The second layer is fitted to what the first leaves open, so an item that no pack has described is judged by the first
alone, and a pack that describes nothing changes nothing.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste import content

Floats = NDArray[np.float64]


class Said(msgspec.Struct, frozen=True, eq=False):
    """What somebody thinks of N items."""

    vectors: Floats
    """[N, D] their features."""
    places: Floats
    """[N, L] where a pack's latents have them; a row of NaN for one that it has not described."""
    values: Floats
    """[N] -1 to 1."""


class Learnt(msgspec.Struct, frozen=True, eq=False):
    """Weights of features [D + 1] and of a pack's latents [L + 1], the last of each a constant; L may be 0."""

    features: Floats
    latents: Floats


def together(others: Said) -> Learnt:
    """What others like, all taken together: where a player's own weights begin."""
    features = content.fit(others.vectors, others.values)
    return Learnt(features, _beyond(others, features))


def learn(own: Said, start: Learnt) -> Learnt:
    """What a player likes who begins where others are."""
    features = content.fit(own.vectors, own.values, start.features)
    return Learnt(features, _beyond(own, features, start.latents))


def likely(learnt: Learnt, vectors: Floats, places: Floats) -> Floats:
    """How likely items [N] are to be liked, 0 to 1; shapes as in Said."""
    odds = content.odds(learnt.features, vectors)
    known = _described(places)
    odds[known] += content.odds(learnt.latents, places[known])
    return content.sigmoid(odds)


def undescribed(count: int, width: int = 0) -> Floats:
    """Places [count, width] of items of which a pack has said nothing."""
    return np.full((count, width), np.nan)


def _beyond(said: Said, weights: Floats, start: Floats | None = None) -> Floats:
    """Weights of the latents for what the features leave open."""
    known = _described(said.places)
    given = content.odds(weights, said.vectors[known])
    return content.fit(said.places[known], said.values[known], start, given=given)


def _described(places: Floats) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.isfinite(places).all(1) & (places.shape[1] > 0)
    return found
