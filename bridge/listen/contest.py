"""The contest: which pairs are heard, in which hidden order, and what an answer means."""

import random
from collections.abc import Sequence
from itertools import combinations

import msgspec

from bridge.listen.excerpt import CONTENDERS, Excerpt, Who
from bridge.listen.score import Vote

FIRST, SECOND, SAME, AGAIN, STOP = "a", "b", "=", "r", "q"
ANSWERS = {FIRST: "A was better", SECOND: "B was better", SAME: "no difference", AGAIN: "again", STOP: "stop"}


class Round(msgspec.Struct, frozen=True):
    """Two performances of one excerpt; `a` is heard first."""

    excerpt: Excerpt
    a: Who
    b: Who
    seed: int


def draw(excerpts: Sequence[Excerpt], rounds: int, chance: random.Random) -> list[Round]:
    """So many rounds: every pair of contenders comes up before one comes again, the order of the two by chance."""
    pairs = [(excerpt, pair) for excerpt in excerpts for pair in combinations(CONTENDERS[excerpt.kind], 2)]
    found: list[Round] = []
    while pairs and len(found) < rounds:
        chance.shuffle(pairs)
        for excerpt, pair in pairs[: rounds - len(found)]:
            a, b = chance.sample(pair, 2)
            found.append(Round(excerpt, a, b, chance.randrange(1, 2**16)))
    return found


def vote(round: Round, answer: str, pack: str) -> Vote:
    """What an answer of FIRST, SECOND or SAME says."""
    better, worse = (round.b, round.a) if answer == SECOND else (round.a, round.b)
    return Vote(pack, round.excerpt.tune.name, round.excerpt.kind, better, worse, answer == SAME)
