import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.sound import pulse

STEP = 0.046


def struck(density: float, bpm: float = 120.0, seed: int = 3, beats: int = 400) -> list[float]:
    edges = np.arange(0.0, beats, STEP)
    found = [(start, pulse.strike(start, end, bpm, density, seed)) for start, end in itertools.pairwise(edges)]
    return [start for start, strength in found if strength > 0]


@pytest.mark.parametrize("density", [0.5, 2.0, 5.0])
def test_it_is_struck_about_as_often_as_its_density_says(density: float) -> None:
    assert len(struck(density)) / 200.0 == pytest.approx(density, rel=0.25)


def test_strikes_lie_on_the_16ths() -> None:
    for start in struck(3.0):
        assert any(start - 1e-9 <= place < start + STEP for place in (round(start * 4) / 4, (int(start * 4) + 1) / 4))


def test_the_same_seed_strikes_at_the_same_places_however_time_is_cut() -> None:
    assert struck(2.0) == struck(2.0)
    assert struck(2.0) != struck(2.0, seed=4)
    whole = pulse.strike(0.0, 8.0, 120.0, 2.0, 3)
    assert whole == max(pulse.strike(beat / 4, beat / 4 + 0.25, 120.0, 2.0, 3) for beat in range(32))


def test_nothing_is_struck_at_density_zero() -> None:
    assert not struck(0.0)


@given(st.floats(0, 500), st.floats(0, 1), st.floats(0, 1))
def test_it_lies_on_the_keyboard_and_moves_no_faster_than_a_player_would(
    beat: float, brightness: float, motion: float
) -> None:
    here, soon = (pulse.pitch(at, brightness, motion, 5) for at in (beat, beat + 0.05))
    assert 30.0 <= here <= 84.0
    assert abs(here - soon) < 1.5
