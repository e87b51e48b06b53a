from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.data.melody import Tone
from export.evaluate.figures import Phrase, divergence, entropy, figures, grams

C_MAJOR = frozenset({0, 2, 4, 5, 7, 9, 11})
histogram = st.dictionaries(st.integers(0, 9), st.integers(1, 50), min_size=1).map(Counter)


def phrase(pitches: list[int], gap: int = 24, start: int = 0) -> Phrase:
    tones = tuple(Tone(start + n * gap, gap, pitch, 80) for n, pitch in enumerate(pitches))
    return Phrase(tones, C_MAJOR, 0, start, gap * len(pitches), 96)


@given(histogram, histogram)
def test_distance_is_nought_to_oneself_at_most_one_and_the_same_both_ways(a: Counter[int], b: Counter[int]) -> None:
    assert divergence(a, a) == pytest.approx(0, abs=1e-12)
    assert divergence(a, b) == pytest.approx(divergence(b, a))
    assert -1e-12 <= divergence(a, b) <= 1 + 1e-12


def test_four_pitches_as_often_have_two_bits() -> None:
    assert entropy([0, 1, 2, 3]) == pytest.approx(2)
    assert entropy([5, 5, 5]) == 0


def test_figures_of_a_scale_in_quarters() -> None:
    found = figures(phrase([60, 62, 64, 65, 67, 69, 71, 72]))
    assert found["in key"] == 1
    assert found["notes a beat"] == 1
    assert found["repeated notes"] == 0
    assert found["rhythm entropy (bits)"] == 0
    assert found["bars heard before (rhythm)"] == 1
    assert found["bars heard before (notes)"] == 0


def test_a_bar_that_comes_again_is_heard_before() -> None:
    assert figures(phrase([60, 62, 64, 65] * 3))["bars heard before (notes)"] == 1


@given(st.lists(st.integers(40, 80), min_size=8, max_size=20), st.integers(-12, 12), st.integers(0, 500))
def test_a_figure_is_the_same_in_any_key_and_at_any_place(pitches: list[int], steps: int, start: int) -> None:
    assert grams(phrase(pitches).tones) == grams(phrase([p + steps for p in pitches], start=start).tones)
    assert len(grams(phrase(pitches).tones)) <= len(pitches) - 7
