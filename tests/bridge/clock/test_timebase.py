import random

import pytest

from bridge.clock.timebase import Timebase


def follow(base: Timebase, seconds: float, rate: float = 1.0025, noise: float = 2e-5, start: float = 0.0) -> float:
    """Measure every 50 ms; returns how far the line then is off the truth, in seconds."""
    chance = random.Random(1)
    time = start
    while time < start + seconds:
        base.measure(time, 7.0 + time * rate + chance.gauss(0.0, noise))
        time += 0.05
    return base.there(time) - (7.0 + time * rate)


@pytest.mark.parametrize("rate", [0.9975, 1.0, 1.0025])
def test_two_clocks_that_drift_apart_are_mapped_within_their_noise(rate: float) -> None:
    base = Timebase()
    assert abs(follow(base, 20.0, rate)) < 2e-5
    assert base.rate == pytest.approx(rate, abs=2e-5)
    assert base.error == pytest.approx(2e-5, rel=0.5)


def test_the_way_back_is_the_way_there() -> None:
    base = Timebase()
    follow(base, 5.0)
    assert base.here(base.there(123.4)) == pytest.approx(123.4, abs=1e-9)


def test_a_reading_that_was_interrupted_counts_for_nothing() -> None:
    base = Timebase()
    follow(base, 10.0, noise=0.0)
    before = base.there(11.0)
    base.measure(10.5, 99.0, doubt=0.003)
    assert base.there(11.0) == before


def test_a_clock_that_stepped_is_found_again() -> None:
    base = Timebase()
    follow(base, 5.0, rate=1.0, noise=0.0)
    for step in range(5):
        base.measure(6.0 + step * 0.05, 8.0 + 6.0 + step * 0.05)
    assert base.there(7.0) == pytest.approx(15.0, abs=1e-3)


def test_one_wild_reading_moves_nothing() -> None:
    base = Timebase()
    follow(base, 5.0, rate=1.0, noise=0.0)
    base.measure(5.1, 12.1 + 0.5)
    assert base.there(6.0) == pytest.approx(13.0, abs=1e-4)
