from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.theory_idea import (
    CATEGORIES,
    LATENTS,
    Belief,
    Idea,
    Prior,
    between,
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
BOUNDS = np.full(7, -3, np.float32), np.full(7, 3, np.float32)


def prior() -> Prior:
    chance = np.random.default_rng(3)
    shapes = ((3, 7, 6), (SYMBOLS + 1, SYMBOLS), (DEGREES + 1, DEGREES), (SYMBOLS, DEGREES), (SLOTS, DEGREES), (3, 12))
    return Prior(*(chance.standard_normal(shape).astype(np.float32) for shape in shapes))


def idea(seed: int = 1) -> Idea:
    return unheard(prior(), SIZES, 1, np.random.default_rng(seed))


def belief(seed: int = 1) -> Belief:
    spread = {name: np.full(getattr(idea(), name).shape, 0.3, np.float32) for name in ("pitch", "rhythm", "marks")}
    return Belief(idea(seed), spread)


def same(first: Idea, second: Idea) -> bool:
    return all(np.allclose(a, b) for a, b in zip(first, second, strict=True))


def differing(first: Idea, second: Idea) -> set[str]:
    return {name for name in LATENTS if not np.allclose(getattr(first, name), getattr(second, name))}


def test_a_knob_in_the_middle_changes_nothing() -> None:
    assert same(moved(idea(), [0.0] * 7, 6.0, BOUNDS), idea())


@pytest.mark.parametrize(("place", "latents"), [(0, {"degree", "marks"}), (1, {"marks"}), (5, {"marks"})])
def test_a_knob_moves_its_own_dimension_and_no_other(place: int, latents: set[str]) -> None:
    moves = [0.0] * 7
    moves[place] = 1.0
    there = moved(idea(), moves, 6.0, BOUNDS)
    assert differing(idea(), there) == latents
    assert np.flatnonzero(there.marks != idea().marks).tolist() == [place]


def test_a_line_that_moves_an_octave_keeps_its_degrees() -> None:
    white = idea()._replace(degree=np.eye(DEGREES, dtype=np.float32)[[0, 2, 4, 5] * 8])
    assert differing(moved(white, [2.0, *[0.0] * 6], 6.0, BOUNDS), white) == {"marks"}


def test_a_knob_does_not_leave_what_was_learnt() -> None:
    assert moved(idea(), [0.0, 99.0, *[0.0] * 5], 6.0, BOUNDS).marks[1] == 3


def test_the_ends_of_a_blend_are_its_two_ideas() -> None:
    assert same(between(idea(1), idea(2), 0.0), idea(1))
    assert same(between(idea(1), idea(2), 1.0), idea(2))


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
    assert max(steps) <= 4
    assert sum(steps) == int((path[0].degree != path[-1].degree).any(-1).sum())


@pytest.mark.parametrize("factor", ["pitch", "rhythm", "harmony", "structure"])
def test_a_factor_that_is_kept_is_the_others_and_the_rest_is_ones_own(factor: str) -> None:
    a, b = idea(1), idea(2)
    kept = {"pitch": {"degree", "pitch"}, "rhythm": {"pattern", "rhythm"}, "harmony": {"chord", "harmony"}}
    found = differing(merged(a, b, (factor,)), a) - {"marks"}
    assert found == kept.get(factor, {"structure"})
    assert same(merged(a, b, ()), a)


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


def test_repetition_is_asked_of_structure_and_contrast_leaves_the_first_bar() -> None:
    more = repeated(idea(), 1.5, idea(2))
    assert differing(more, idea()) == {"structure"}
    less = repeated(idea(), -2.0, idea(2))
    assert (less.pitch[0] == idea().pitch[0]).all()
    assert (less.degree[:SLOTS] == idea().degree[:SLOTS]).all()
    assert differing(less, idea()) >= {"degree", "pitch", "structure"}
