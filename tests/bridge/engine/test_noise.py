import statistics

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import FIELDS
from bridge.engine.noise import gumbels, lanes, uniform

integers = st.integers(-(2**40), 2**40)


@given(integers, integers, integers)
def test_the_same_place_always_gets_the_same_numbers_between_nought_and_one(seed: int, part: int, tick: int) -> None:
    numbers = uniform(seed, part, tick)
    assert numbers == uniform(seed, part, tick)
    assert len(numbers) == len(FIELDS)
    assert all(0 < number < 1 for number in numbers)


def test_neighbouring_places_and_seeds_are_strangers() -> None:
    everywhere = [tuple(uniform(seed, 2, tick)) for seed in range(20) for tick in range(200)]
    assert len(set(everywhere)) == len(everywhere)


def test_the_numbers_are_even() -> None:
    numbers = [number for tick in range(4000) for number in uniform(1, 2, tick)]
    assert abs(statistics.fmean(numbers) - 0.5) < 0.01
    assert abs(statistics.pvariance(numbers) - 1 / 12) < 0.002
    firsts = [uniform(1, 2, tick)[0] for tick in range(4001)]
    assert abs(statistics.correlation(firsts[:-1], firsts[1:])) < 0.05


def test_gumbel_noise_is_the_same_every_time_and_has_the_mean_and_spread_it_should() -> None:
    first = gumbels()
    assert (first == gumbels()).all()
    assert abs(float(first.mean()) - 0.5772) < 0.02
    assert abs(float(first.std()) - np.pi / 6**0.5) < 0.02


@given(st.integers(0, 2**64 - 1), st.lists(st.integers(0, 5000), min_size=1, max_size=5))
def test_lanes_are_numbers_of_20_bits_that_hang_on_their_place(seed: int, place: list[int]) -> None:
    found = lanes(seed, 5, *place)
    assert all(0 <= value < 1 << 20 for value in found)
    assert found == lanes(seed, 5, *place)
    assert found != lanes(seed, 5, *place[:-1], place[-1] + 1)
