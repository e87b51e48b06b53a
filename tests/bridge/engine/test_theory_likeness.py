import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.theory_idea import Idea, anew, unheard
from bridge.engine.theory_layout import BAR, HOLD, ONSET, REST, STEPS, Page
from bridge.engine.theory_likeness import formed, repetition
from tests.bridge.engine.test_theory_idea import SIZES, prior

PRIOR = prior()


def page(bars: tuple[tuple[int, ...], ...], length: int = BAR) -> Page:
    """A tune of quarters, one tuple of pitches above the lowest for each bar, without chords and bass."""
    states = np.full((3, STEPS), REST, np.int64)
    lead = np.zeros(STEPS, np.int64)
    for number, pitches in enumerate(bars):
        for n, pitch in enumerate(pitches):
            start = number * BAR + 4 * n
            states[0, start : start + 4] = (ONSET, HOLD, HOLD, HOLD)
            lead[start : start + 4] = pitch
    none = np.zeros(STEPS, np.int64)
    known = np.array([True, False, False])
    return Page(states, lead, np.zeros((STEPS, 56), np.bool_), none, none[:8], known, length, 1, (80, 80, 80))


def test_a_bar_that_comes_again_whole_repeats_and_one_of_other_pitches_repeats_its_rhythm() -> None:
    one, other = (20, 22, 24, 25), (30, 32, 34, 35)
    assert repetition(page((one,) * 4)) == 1.0
    assert repetition(page((one, other, one, other))) == pytest.approx((0.5 + 1 + 1) / 3)
    assert repetition(page(((),) * 4)) == 0.0


def test_what_lies_behind_the_end_of_a_short_bar_does_not_count() -> None:
    short = ((20, 22, 24, 25), (20, 22, 24, 33), (20, 22, 24, 34), (20, 22, 24, 35))
    assert repetition(page(short)) < 1.0
    assert repetition(page(short, 12)) == 1.0


def said(idea: Idea) -> Page:
    """A tune whose pitches are the degrees of an idea's quarters, whichever octave they are in."""
    degrees = idea.degree.argmax(-1)[::4].reshape(4, 4)
    return page(tuple(tuple(int(degree) + 1 for degree in bar) for bar in degrees))


@given(st.integers(0, 200))
def test_an_idea_that_takes_the_form_of_another_repeats_much_as_that_does(seed: int) -> None:
    chance = np.random.default_rng(seed)
    own, theirs = (unheard(PRIOR, SIZES, 1, chance) for _ in range(2))
    fresh = anew(PRIOR, SIZES, 1, chance)
    aim = repetition(said(theirs))
    found = formed(own, theirs, ("structure",), PRIOR, fresh, said)
    plain = formed(own, theirs, ("structure",), PRIOR, fresh, lambda idea: said(theirs))
    assert abs(repetition(said(found)) - aim) <= abs(repetition(said(plain)) - aim)


def test_where_no_structure_is_taken_nothing_is_decoded() -> None:
    chance = np.random.default_rng(1)
    own, theirs = (unheard(PRIOR, SIZES, 1, chance) for _ in range(2))

    def never(idea: Idea) -> Page:
        raise AssertionError

    assert formed(own, theirs, ("rhythm",), PRIOR, own, never).degree.shape == own.degree.shape
