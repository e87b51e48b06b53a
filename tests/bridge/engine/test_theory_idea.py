from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.theory_form import GATES, LOOKS, OF_BARS, shares
from bridge.engine.theory_idea import (
    CATEGORIES,
    LATENTS,
    Belief,
    Idea,
    Prior,
    Units,
    anew,
    between,
    exchanged,
    merged,
    middle,
    moved,
    nearby,
    repeated,
    told,
    unheard,
)
from bridge.engine.theory_layout import DEGREES, SLOTS, SYMBOLS

SIZES = {"pitch": 3, "rhythm": 4, "harmony": 5, "structure": 2}
UNITS = Units(height=6.0, range=1.5, middle=3.0)
NONE = np.zeros(8, np.float32)
"""No chord that is told."""
BOUNDS = np.full(7, -3, np.float32), np.full(7, 3, np.float32)


def prior() -> Prior:
    chance = np.random.default_rng(3)
    after = (DEGREES + 1, DEGREES)
    shapes = ((3, 7, 6), (SYMBOLS + 1, SYMBOLS), after, after, (SYMBOLS, 12), (SYMBOLS, 12), (SLOTS, 12), (3, 12))
    tables = (chance.standard_normal(shape).astype(np.float32) for shape in shapes)
    form = np.zeros((SIZES["structure"] + 1, GATES + LOOKS), np.float32)
    form[0, :GATES] = 1.5
    return Prior(*[*tables, form, np.ones(len(OF_BARS), np.float32)])


def idea(seed: int = 1) -> Idea:
    return unheard(prior(), SIZES, 1, np.random.default_rng(seed))


def belief(seed: int = 1) -> Belief:
    spread = {name: np.full(getattr(idea(), name).shape, 0.3, np.float32) for name in ("pitch", "rhythm", "marks")}
    return Belief(idea(seed), spread)


def comes_again(found: Idea) -> float:
    """Share of the later bars' degrees, and correlation of their numbers, with the bar before them most like them."""
    latents = {name: getattr(found, name) for name in OF_BARS}
    looks = [(0, second, third) for second in range(2) for third in range(3)]
    return max(float(np.mean(list(shares(latents, look).values()))) for look in looks)


def same(first: Idea, second: Idea) -> bool:
    return all(np.allclose(a, b) for a, b in zip(first, second, strict=True))


def differing(first: Idea, second: Idea) -> set[str]:
    return {name for name in LATENTS if not np.allclose(getattr(first, name), getattr(second, name))}


def test_a_knob_in_the_middle_changes_nothing() -> None:
    assert same(moved(idea(), [0.0] * 7, UNITS, BOUNDS), idea())


@pytest.mark.parametrize(("place", "latents"), [(0, {"degree", "marks"}), (1, {"marks"}), (5, {"marks"})])
def test_a_knob_moves_its_own_dimension_and_no_other(place: int, latents: set[str]) -> None:
    moves = [0.0] * 7
    moves[place] = 1.0
    there = moved(idea(), moves, UNITS, BOUNDS)
    assert differing(idea(), there) == latents
    assert np.flatnonzero(there.marks != idea().marks).tolist() == [place]


def test_a_line_that_moves_an_octave_keeps_its_degrees() -> None:
    white = idea()._replace(degree=np.eye(DEGREES, dtype=np.float32)[[0, 2, 4, 5] * 16])
    assert differing(moved(white, [2.0, *[0.0] * 6], UNITS, BOUNDS), white) == {"marks"}


def test_a_knob_does_not_leave_what_was_learnt() -> None:
    assert moved(idea(), [0.0, 99.0, *[0.0] * 5], UNITS, BOUNDS).marks[1] == 3


def test_the_ends_of_a_blend_are_its_two_ideas() -> None:
    assert same(between(idea(1), idea(2), 0.0), idea(1))
    assert same(between(idea(1), idea(2), 1.0), idea(2))


@settings(deadline=None)
@given(st.floats(0, 1))
def test_in_between_every_category_is_one_of_the_two(blend: float) -> None:
    found = between(idea(1), idea(2), blend)
    for name in CATEGORIES:
        wide = getattr(found, name).shape[-1]
        rows = zip(*(getattr(each, name).reshape(-1, wide) for each in (found, idea(1), idea(2))), strict=True)
        assert all((here == a).all() or (here == b).all() for here, a, b in rows)


def test_a_small_step_changes_few_categories() -> None:
    path = [between(idea(1), idea(2), n / 16) for n in range(17)]
    steps = [int((a.degree != b.degree).any(-1).sum()) for a, b in pairwise(path)]
    assert max(steps) <= 6
    assert sum(steps) == int((path[0].degree != path[-1].degree).any(-1).sum())


@pytest.mark.parametrize("factor", ["pitch", "rhythm", "harmony", "structure"])
def test_a_factor_that_is_kept_is_the_others_and_the_rest_is_ones_own(factor: str) -> None:
    a, b = idea(1), idea(2)
    kept = {"pitch": {"degree", "pitch"}, "rhythm": {"pattern", "rhythm"}, "harmony": {"chord", "ground", "harmony"}}
    found = differing(merged(a, b, (factor,)), a) - {"marks"}
    assert found == kept.get(factor, {"structure"})
    assert same(merged(a, b, ()), a)


def test_nothing_taken_from_another_changes_nothing() -> None:
    assert same(exchanged(idea(1), idea(2), (), prior(), idea(3)), idea(1))


def test_all_that_is_taken_from_another_is_as_it_was_there() -> None:
    keep = ("pitch", "rhythm", "harmony", "structure")
    assert same(exchanged(idea(1), idea(2), keep, prior(), idea(3)), idea(2))


def test_the_form_of_another_makes_bars_come_again_that_did_not() -> None:
    rarely = anew(prior(), SIZES, 1, np.random.default_rng(1))
    often = repeated(rarely, 3.0, prior(), rarely, NONE)
    more = exchanged(rarely, often, ("structure",), prior(), idea(3))
    assert comes_again(more) > comes_again(rarely) + 0.2
    fresh = anew(prior(), SIZES, 1, np.random.default_rng(2))
    assert comes_again(exchanged(often, rarely, ("structure",), prior(), fresh)) < comes_again(often) - 0.2


def test_an_idea_out_of_nothing_repeats_what_its_structure_says() -> None:
    found = [unheard(prior(), SIZES, 1, np.random.default_rng(seed)) for seed in range(40)]
    ask = np.array([each.structure[0] for each in found])
    has = np.array([comes_again(each) for each in found])
    assert has[ask > 0.5].mean() > has[ask < -0.5].mean() + 0.3


def test_an_answer_near_nothing_new_is_what_was_heard_and_the_same_chance_gives_the_same() -> None:
    heard = belief()
    assert same(nearby(heard, prior(), 0.0, 1, np.random.default_rng(1)), middle(heard))
    far = [nearby(heard, prior(), 1.0, 1, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert same(far[0], far[1])
    assert not same(far[0], far[2])


def test_chords_that_are_told_take_the_place_of_those_that_were_thought() -> None:
    symbols = np.array([0, 8, 0, 0, 0, 0, 0, 1], np.int64)
    found, fixed = told(idea(), symbols)
    assert fixed.tolist() == [0, 1, 0, 0, 0, 0, 0, 1]
    assert found.chord[1].argmax() == 8
    assert (found.chord[0] == idea().chord[0]).all()


def test_more_repetition_and_contrast_leave_the_first_bar_and_the_marks() -> None:
    for amount in (1.5, -2.0):
        found = repeated(idea(), amount, prior(), idea(2), NONE)
        assert (found.pitch[0] == idea().pitch[0]).all()
        assert (found.degree[:SLOTS] == idea().degree[:SLOTS]).all()
        assert (found.marks == idea().marks).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 50))
def test_the_more_repetition_is_asked_for_the_more_of_the_bars_comes_again(seed: int) -> None:
    has = [comes_again(repeated(idea(seed), amount, prior(), idea(seed + 1), NONE)) for amount in (-3, -1, 0, 1, 3)]
    assert all(a <= b + 0.1 for a, b in pairwise(has))
    assert has[-1] > has[0] + 0.2


def test_no_more_repetition_is_no_change() -> None:
    assert same(repeated(idea(), 0.0, prior(), idea(2), NONE), idea())


def test_a_chord_that_is_told_is_not_repeated_away_nor_the_bass_under_it() -> None:
    found = repeated(idea(), 4.0, prior(), idea(2), np.ones(8, np.float32))
    assert (found.chord == idea().chord).all()
    assert (found.ground == idea().ground).all()
    assert not (found.degree == idea().degree).all()


def test_a_line_that_becomes_wider_moves_what_is_above_its_middle_up_and_what_is_below_down() -> None:
    c = idea()._replace(degree=np.eye(DEGREES, dtype=np.float32)[[0] * 64])
    line = np.array([7.0, 0.0, -7.0, 0.0] * 16, np.float32)
    wider = moved(c, [0.0, 1.0, *[0.0] * 5], UNITS, BOUNDS, line).degree.argmax(-1)
    assert wider[:4].tolist() == [4, 0, 9, 0]  # E above, A below
    assert (moved(c, [0.0] * 7, UNITS, BOUNDS, line).degree == c.degree).all()
