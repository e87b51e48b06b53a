import statistics

from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import FIELDS
from bridge.engine.noise import uniform

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
