"""The trial: each way of choosing is given what a player has pressed so far, and judged by what the player truly likes.

Hit rate@10: a phrase that the player likes and has not heard, among 99 that the player does not like; does it come
among the first ten? Accepted: of eight phrases made for the same place, the first choice; does the player like it?
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste import content, layers, neighbours
from bridge.taste.mixture import mixed
from bridge.taste.simulate.players import Players, simulated
from bridge.taste.simulate.pool import Made

Floats = NDArray[np.float64]

SPOKEN = 60
"""Opinions that each of the other players has given."""
FIRST = 10
RIVALS = 99
ROUNDS = 10
"""Liked phrases that are looked for, for each player."""
OFFERED = 8
OFFERS = 40
"""Choices that each player is offered."""


class Known(msgspec.Struct, frozen=True):
    """What a way is told: the table [U, I] of what was pressed, whose turn it is, and the features [I, D]."""

    table: Floats
    player: int
    features: Floats
    places: Floats
    """[I, L] where a pack's latents have the phrases."""
    others: layers.Learnt
    """What the others like, taken together."""
    seed: int


Way = Callable[[Known], Floats]
"""Gives every phrase [I] a score; the more, the better."""


def by_chance(known: Known) -> Floats:
    """Any phrase as well as any other."""
    found: Floats = np.random.default_rng([known.seed, known.player]).random((known.table.shape[1],))
    return found


def by_popularity(known: Known) -> Floats:
    """What the others liked most, taken together."""
    others = np.delete(known.table, known.player, 0)
    found: Floats = others.sum(0) / (np.count_nonzero(others, 0) + 1.0)
    return found


def by_features(known: Known) -> Floats:
    """What is like what the player liked, by musical features alone."""
    return content.liked(_learnt(known).features, known.features)


def by_content(known: Known) -> Floats:
    """What is like what the player liked, by musical features and a pack's latents."""
    return layers.likely(_learnt(known), known.features, known.places)


def by_neighbours(known: Known) -> Floats:
    """What the players liked who are most like this one."""
    return neighbours.votes(known.table, known.player)[0]


def by_both(known: Known) -> Floats:
    """Content and neighbours, mixed as the daemon does it."""
    return mixed(known.table, known.player, by_content(known), known.table[known.player] == 0).score


def _learnt(known: Known) -> layers.Learnt:
    own = known.table[known.player]
    spoken = own != 0
    return layers.learn(layers.Said(known.features[spoken], known.places[spoken], own[spoken]), known.others)


WAYS: Mapping[str, Way] = {
    "random": by_chance,
    "popularity": by_popularity,
    "features": by_features,
    "content": by_content,
    "neighbours": by_neighbours,
    "both": by_both,
}


class Outcome(msgspec.Struct, frozen=True):
    """How one way did for each player: share of hits, and share of accepted choices, both [U]."""

    way: str
    others: int
    opinions: int
    hits: Floats
    accepted: Floats


def trial(
    made: Sequence[Made], others: int, players: int, opinions: Sequence[int], seed: int, places: Floats | None = None
) -> list[Outcome]:
    """Every way, for `players` simulated players with so many opinions each, beside `others` who came before them;
    `places` [I, L] is where a pack's latents have the phrases."""
    everybody = simulated(made, others + players, seed)
    chance = np.random.default_rng([seed, others, players])
    pressed = everybody.pressed(chance)
    features = np.array([each.phrase.features for each in made])
    order = np.argsort(chance.random(pressed.shape), axis=1)
    table = np.zeros((others + 1, len(made)))
    for other in range(others):
        heard = order[other, :SPOKEN]
        table[other, heard] = pressed[other, heard]
    where = layers.undescribed(len(made)) if places is None else places
    who, what = np.nonzero(table[:others])
    prior = layers.together(layers.Said(features[what], where[what], table[who, what]))
    outcomes = []
    for count in opinions:
        found = {way: (np.zeros(players), np.zeros(players)) for way in WAYS}
        for index in range(players):
            player = others + index
            heard = order[player, :count]
            table[others] = 0.0
            table[others, heard] = pressed[player, heard]
            known = Known(table, others, features, where, prior, seed + index)
            fresh = np.setdiff1d(np.arange(len(made)), heard)
            questions = _questions(everybody, player, fresh, np.random.default_rng([seed, player]))
            for way, score in ((way, choose(known)) for way, choose in WAYS.items()):
                found[way][0][index], found[way][1][index] = _judged(score, *questions)
        outcomes += [Outcome(way, others, count, *each) for way, each in found.items()]
    return outcomes


def _questions(
    everybody: Players, player: int, fresh: NDArray[np.int64], chance: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """What a player is asked: rows of a liked phrase and its rivals, rows of offers, and which of those are liked."""
    likes = everybody.likes[player]
    good, bad = fresh[likes[fresh]], fresh[~likes[fresh]]
    wanted = chance.choice(good, min(ROUNDS, len(good)), replace=False)
    rows = np.array([[one, *chance.choice(bad, min(RIVALS, len(bad)), replace=False)] for one in wanted])
    offers = np.array([chance.choice(fresh, OFFERED, replace=False) for _ in range(OFFERS)])
    return rows, offers, likes[offers]


def _judged(
    score: Floats, rows: NDArray[np.int64], offers: NDArray[np.int64], liked: NDArray[np.bool_]
) -> tuple[float, float]:
    # Of equals half come before: a way that cannot tell phrases apart is no better than chance.
    before = (score[rows[:, 1:]] > score[rows[:, :1]]).sum(1) + 0.5 * (score[rows[:, 1:]] == score[rows[:, :1]]).sum(1)
    chosen = score[offers]
    best = chosen == chosen.max(1, keepdims=True)
    return float((before < FIRST).mean()), float(((best * liked).sum(1) / best.sum(1)).mean())
