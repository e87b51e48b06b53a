from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.diffusion_roll import CHANNELS, Roll, choose, spread
from bridge.engine.diffusion_sampler import denoise, levels, noise, noised, shares, step
from bridge.engine.diffusion_table import encode, notes
from bridge.engine.window import STEPS, Window
from bridge.music.note import Note, Voice
from tests.bridge.engine.rolls import certain

WINDOW = Window(0.0)
TUNE = [Note(Voice.LEAD, beat / 2, 0.5, 60 + beat, 80) for beat in range(16)]


def through(down: tuple[float, ...], second_order: bool = True) -> tuple[list[Note], int]:
    """What a model that knows the tune draws out of noise, and how often it was asked."""
    logits = certain(encode(TUNE, WINDOW))
    asked: list[float] = []

    def foretell(x: Roll, level: float, estimate: Roll) -> Roll:
        asked.append(level)
        return logits

    steps = denoise(noise(1, 0, (STEPS, CHANNELS)), down, foretell, lambda x, level: x, second_order)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            assert asked == list(down)
            return notes(choose(end.value), WINDOW, (Voice.LEAD,)), len(asked)


@pytest.mark.parametrize("count", [1, 2, 4, 8, 12])
def test_a_model_that_knows_the_tune_draws_it_in_any_number_of_steps(count: int) -> None:
    assert through(levels(count)) == (TUNE, count)
    assert through(levels(count), second_order=False) == (TUNE, count)


@given(st.integers(1, 16), st.floats(0.05, 1.0))
def test_levels_fall_from_where_they_start_and_end_above_nothing(count: int, start: float) -> None:
    found = levels(count, start)
    assert len(found) == count
    assert found[0] == start
    assert all(later < earlier for earlier, later in pairwise(found))
    assert found[-1] > 0


@given(st.floats(0, 1))
def test_music_and_noise_keep_their_power(level: float) -> None:
    music, rest = shares(level)
    assert music**2 + rest**2 == pytest.approx(1)


def test_a_step_with_the_true_music_leads_along_the_forward_process() -> None:
    clean, white = spread(encode(TUNE, WINDOW)), noise(3, 0, (STEPS, CHANNELS))
    found = step(noised(clean, white, 0.8), clean, 0.8, 0.5, None)
    np.testing.assert_allclose(found, noised(clean, white, 0.5), atol=1e-5)


def test_noise_belongs_to_the_seed_and_the_window() -> None:
    shape = (STEPS, CHANNELS)
    np.testing.assert_array_equal(noise(1, -3, shape), noise(1, -3, shape))
    assert np.abs(noise(1, 0, shape) - noise(1, 1, shape)).mean() > 0.5
    assert np.abs(noise(1, 0, shape) - noise(2, 0, shape)).mean() > 0.5
    assert abs(float(noise(5, 5, shape).std()) - 1) < 0.05
