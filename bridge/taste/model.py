"""What a profile's likes come to: the weights that the engine is told."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste import content
from bridge.taste.features import SIZE
from bridge.taste.item import Item, Kind, phrase_of
from bridge.taste.liking import Liking
from bridge.taste.store import Opinion, Profile, Store

Floats = NDArray[np.float64]

LEAST = 6
"""Opinions on phrases that a pack has described, before its latents count."""
LATENT_PRECISION = 8.0
"""How firmly the weights of latents are held to 0: there are many of them."""
DIGITS = 4
"""To which the weights are rounded: they are written into logs."""


def liking(store: Store, profile: Profile) -> Liking:
    """What a profile likes in phrases, held back by what the others in the store like. Raises TasteError."""
    everybody = store.profiles()
    if not any(store.count(each) for each in everybody):
        return Liking()
    items = store.items()
    own = spoken(store.opinions(profile), items)
    others = [pair for each in everybody if each.id != profile.id for pair in spoken(store.opinions(each), items)]
    if not own and not others:
        return Liking()
    weights = content.fit_among(table(own), table(others))
    packs = {pack: _latents(own, weights, places) for pack, places in store.places().items()}
    return Liking(_rounded(weights[:-1]), {pack: found for pack, found in packs.items() if found})


def spoken(opinions: Iterable[Opinion], items: Mapping[str, Item]) -> list[tuple[Item, float]]:
    """The phrases that somebody has an opinion of, with what it is."""
    found = ((items.get(opinion.item), opinion.value) for opinion in opinions)
    return [(item, value) for item, value in found if item is not None and item.kind is Kind.PHRASE]


def table(pairs: Iterable[tuple[Item, float]]) -> tuple[Floats, Floats]:
    """Features [N, SIZE] and opinions [N] of phrases; those that cannot be read are left out."""
    rows = [(features_of(item.content), value) for item, value in pairs]
    kept = [(row, value) for row, value in rows if row]
    vectors = np.array([row for row, _ in kept]).reshape(len(kept), SIZE)
    return vectors, np.array([value for _, value in kept])


@lru_cache(maxsize=4096)
def features_of(text: str) -> tuple[float, ...]:
    """The features of a phrase as an item holds it; empty for what is none."""
    try:
        return phrase_of(Item("", Kind.PHRASE, "", text)).features
    except msgspec.MsgspecError:
        return ()


def _latents(
    own: Iterable[tuple[Item, float]], weights: Floats, places: Mapping[str, tuple[float, ...]]
) -> tuple[float, ...]:
    """Weights of a pack's latents, the last of them a constant, for what the features leave open."""
    known = [(places[item.id], features_of(item.content), value) for item, value in own if item.id in places]
    known = [each for each in known if each[1] and len(each[0]) == len(known[0][0])]
    if len(known) < LEAST:
        return ()
    vectors = np.array([place for place, _, _ in known])
    centre, spread = vectors.mean(0), np.maximum(vectors.std(0), 1e-3)
    given = np.array([row for _, row, _ in known]) @ weights[:-1] + weights[-1]
    values = np.array([value for _, _, value in known])
    fitted = content.fit((vectors - centre) / spread, values, precision=LATENT_PRECISION, given=given)
    plain = fitted[:-1] / spread
    return _rounded(np.append(plain, fitted[-1] - plain @ centre))


def _rounded(weights: Floats) -> tuple[float, ...]:
    return tuple(round(float(weight), DIGITS) for weight in weights)
