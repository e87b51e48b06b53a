"""What a profile's likes come to: the weights that the engine is told."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste import layers
from bridge.taste.features import SIZE
from bridge.taste.item import Item, Kind, phrase_of
from bridge.taste.liking import Latents, Liking
from bridge.taste.store import Opinion, Profile, Store

Floats = NDArray[np.float64]
Pairs = Sequence[tuple[Item, float]]
"""Phrases and what somebody thinks of them, -1 to 1."""
Places = Mapping[str, Sequence[float]]
"""Item's id -> where a pack's latents have it."""

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
    packs = {
        pack: Latents(_rounded(_learnt(own, others, places.of).latents), places.sha)
        for pack, places in store.places().items()
    }
    return Liking(
        _rounded(_learnt(own, others, {}).features[:-1]),
        {pack: latents for pack, latents in packs.items() if any(latents.weights)},
    )


def spoken(opinions: Iterable[Opinion], items: Mapping[str, Item]) -> list[tuple[Item, float]]:
    """The phrases that somebody has an opinion of, with what it is."""
    found = ((items.get(opinion.item), opinion.value) for opinion in opinions)
    return [(item, value) for item, value in found if item is not None and item.kind is Kind.PHRASE]


def _learnt(own: Pairs, others: Pairs, places: Places) -> layers.Learnt:
    return layers.learn(said(own, places), layers.together(said(others, places)))


def said(pairs: Pairs, places: Places) -> layers.Said:
    """What somebody thinks of phrases; those that cannot be read are left out. `places` is where a pack has them."""
    kept = [(item, row, value) for item, value in pairs if (row := features_of(item.content))]
    return layers.Said(
        np.array([row for _, row, _ in kept]).reshape(len(kept), SIZE),
        placed([item.id for item, _, _ in kept], places),
        np.array([value for _, _, value in kept]),
    )


def placed(ids: Sequence[str], places: Places) -> Floats:
    """Where a pack has items [N, L], with a row of NaN for those that it has not described."""
    width = len(next(iter(places.values()), ()))
    rows = [places.get(id, ()) for id in ids]
    return np.array([row if len(row) == width else [np.nan] * width for row in rows]).reshape(len(ids), width)


@lru_cache(maxsize=4096)
def features_of(text: str) -> tuple[float, ...]:
    """The features of a phrase as an item holds it; empty for what is none."""
    try:
        return phrase_of(Item("", Kind.PHRASE, "", text)).features
    except msgspec.MsgspecError:
        return ()


def _rounded(weights: Floats) -> tuple[float, ...]:
    return tuple(round(float(weight), DIGITS) for weight in weights)
