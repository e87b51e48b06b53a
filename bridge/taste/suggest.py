"""Suggestions: presets, settings and phrases that a player has not judged yet and may like, and why."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste import content, layers, model
from bridge.taste.features import SIZE
from bridge.taste.item import Item, Kind, knobs_of
from bridge.taste.mixture import mixed
from bridge.taste.store import Profile, Store
from bridge.taste.suggestion import Suggestion

Floats = NDArray[np.float64]

OF_A_KIND = 3
"""Suggestions of a kind, unless more are asked for."""
LIKELY = 0.5
"""How likely something has to be to be liked where only its content speaks for it."""
FEWEST = 3
"""Opinions of its own that a profile must have before the content alone suggests anything."""


def suggestions(
    store: Store, profile: Profile, presets: Iterable[Item] = (), each: int = OF_A_KIND
) -> list[Suggestion]:
    """At most `each` of a kind, the best first; `presets` are those on the shelf, judged or not. Raises TasteError."""
    items = {**{item.id: item for item in presets}, **store.items()}
    everybody = store.profiles()
    names, table = list(items), np.zeros((len(everybody), len(items)))
    column = {name: index for index, name in enumerate(names)}
    for row, other in zip(table, everybody, strict=True):
        for opinion in store.opinions(other):
            if opinion.item in column:
                row[column[opinion.item]] = opinion.value
    described = (places.of for places in store.places().values())
    places = max(described, key=len, default={})  # of the pack that has described most
    player = next(index for index, other in enumerate(everybody) if other.id == profile.id)
    found: list[Suggestion] = []
    for kind in (Kind.PRESET, Kind.SETTING, Kind.PHRASE):
        of_kind = np.array([items[name].kind is kind for name in names], np.bool_)
        fresh = of_kind & (table[player] == 0) if names else of_kind
        if not fresh.any():
            continue
        own = np.flatnonzero(of_kind)
        likely = np.full(len(names), 0.5)
        of_own = [items[names[index]] for index in own]
        likely[own] = _likely(of_own, table[:, own], player, model.placed([item.id for item in of_own], places))
        mix = mixed(table, player, likely, fresh)
        # A player's own likes may speak for something, or neighbours who liked it.
        kept = ((table > 0) & (mix.near > 0)[:, None]).sum(0)
        sure = np.count_nonzero(table[player, own]) >= FEWEST
        for index in sorted(np.flatnonzero(fresh), key=lambda index: (-mix.score[index], names[index])):
            backed = mix.share > 0 and kept[index] > 0 and mix.votes[index] > 0
            if backed or (sure and likely[index] > LIKELY):
                score, count = float(mix.score[index]), int(kept[index]) if backed else 0
                found.append(Suggestion(items[names[index]], round(score, 4), count))
            if sum(one.item.kind is kind for one in found) == each:
                break
    return found


def _likely(items: Sequence[Item], table: Floats, player: int, places: Floats) -> Floats:
    """How likely a player is to like each item [I] of one kind, by what it is and where a pack has it [I, L]."""
    vectors = _vectors(items)
    others = np.delete(table, player, 0)
    who, what = np.nonzero(others)
    start = layers.together(layers.Said(vectors[what], places[what], others[who, what]))
    own = np.flatnonzero(table[player])
    said = layers.Said(vectors[own], places[own], table[player, own])
    return layers.likely(layers.learn(said, start), vectors, places)


def _vectors(items: Sequence[Item]) -> Floats:
    """Features [I, D] of items of one kind; zeros for one that cannot be read."""
    if items and items[0].kind is Kind.PHRASE:
        rows = [model.features_of(item.content) for item in items]
        return np.array([row or (0.0,) * SIZE for row in rows])
    places = []
    for item in items:
        try:
            places.append(knobs_of(item).places)
        except msgspec.MsgspecError:
            places.append({})
    return content.dense(places)
