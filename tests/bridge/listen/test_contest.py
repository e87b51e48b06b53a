import random

from bridge.listen.contest import FIRST, SAME, SECOND, Round, draw, vote
from bridge.listen.excerpt import CONTENDERS, Kind, Who, choices
from bridge.music.tunes import TUNES

EXCERPTS = choices(TUNES)


def test_a_seed_gives_the_same_rounds_and_the_order_of_a_pair_is_chance() -> None:
    rounds = draw(EXCERPTS, 60, random.Random(1))
    assert rounds == draw(EXCERPTS, 60, random.Random(1))
    first = sum(r.a is Who.PACK for r in rounds if Who.PACK in (r.a, r.b))
    both = sum(Who.PACK in (r.a, r.b) for r in rounds)
    assert 0.2 < first / both < 0.8


def test_every_pair_comes_up_before_one_comes_again() -> None:
    pairs = sum(len(CONTENDERS[each.kind]) * (len(CONTENDERS[each.kind]) - 1) // 2 for each in EXCERPTS)
    heard = [
        (r.excerpt.tune.name, r.excerpt.first, r.excerpt.kind, frozenset((r.a, r.b)))
        for r in draw(EXCERPTS, pairs, random.Random(3))
    ]
    assert len(set(heard)) == len(heard) == pairs


def test_an_answer_names_the_better_one_whichever_was_first() -> None:
    excerpt = next(each for each in EXCERPTS if each.kind is Kind.ANSWER)
    heard = Round(excerpt, Who.VAMP, Who.PACK, 1)
    assert vote(heard, FIRST, "p").better is Who.VAMP
    assert vote(heard, SECOND, "p").better is Who.PACK
    assert vote(heard, SAME, "p").drawn
