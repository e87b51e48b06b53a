import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.dll import TickLoop
from tests.bridge.clock.pulse import grid, jittered

SHORTEST, LONGEST = 0.00625, 0.125


def count(arrivals: list[float]) -> tuple[int, TickLoop]:
    loop = TickLoop(SHORTEST, LONGEST)
    return sum(loop.tick(arrival) for arrival in arrivals), loop


def test_the_period_is_known_after_two_ticks() -> None:
    _, loop = count([1.0, 1.02])
    assert loop.period == pytest.approx(0.02)
    assert loop.next == pytest.approx(1.04)


def test_an_even_pulse_is_followed_exactly() -> None:
    ticks, loop = count([0.02 * tick for tick in range(200)])
    assert ticks == 200
    assert loop.period == pytest.approx(0.02)
    assert loop.next == pytest.approx(4.0)
    assert loop.error < 1e-9


@given(bpm=st.floats(40, 200), seed=st.integers(0, 10**6), stalls=st.lists(st.floats(0.01, 0.03), max_size=8))
@settings(max_examples=60, deadline=None)
def test_no_tick_is_miscounted_when_ticks_stall(bpm: float, seed: int, stalls: list[float]) -> None:
    arrivals = jittered(grid((bpm, 24 * 8)), seed)
    for place, stall in enumerate(stalls):
        tick = 20 + 20 * place
        arrivals[tick:] = [max(arrival, arrivals[tick] + stall) for arrival in arrivals[tick:]]
    ticks, _ = count(arrivals)
    assert ticks == 24 * 8 + 1


@given(old=st.floats(50, 200), new=st.floats(50, 200), seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_no_tick_is_miscounted_over_a_tempo_step(old: float, new: float, seed: int) -> None:
    arrivals = jittered(grid((old, 24 * 4), (new, 24 * 4)), seed)
    ticks, loop = count(arrivals)
    assert ticks == len(arrivals)
    assert loop.period == pytest.approx(60 / new / 24, rel=0.03)


@given(bpm=st.floats(50, 200), seed=st.integers(0, 10**6), apart=st.floats(0.0003, 0.004))
@settings(max_examples=30, deadline=None)
def test_a_tick_that_comes_twice_counts_once(bpm: float, seed: int, apart: float) -> None:
    arrivals = jittered(grid((bpm, 24 * 4)), seed)
    twice = sorted(arrivals + [arrival + apart for arrival in arrivals[1::3]])
    ticks, _ = count(twice)
    assert ticks == len(arrivals)


@given(bpm=st.floats(50, 200), seed=st.integers(0, 10**6), lost=st.sets(st.integers(4, 90), max_size=6))
@settings(max_examples=30, deadline=None)
def test_lost_ticks_are_made_up_for(bpm: float, seed: int, lost: set[int]) -> None:
    arrivals = jittered(grid((bpm, 24 * 4)), seed)
    lost = {tick for tick in lost if tick - 1 not in lost and tick - 2 not in lost}
    ticks, _ = count([arrival for tick, arrival in enumerate(arrivals) if tick not in lost])
    assert ticks == len(arrivals)


def test_twice_the_rate_is_a_tempo_and_not_double_ticks() -> None:
    arrivals = grid((70, 48), (140, 48))
    ticks, loop = count(arrivals)
    assert ticks == len(arrivals)
    assert loop.period == pytest.approx(60 / 140 / 24)


def test_half_the_rate_is_a_tempo_and_not_lost_ticks() -> None:
    arrivals = grid((140, 48), (70, 48))
    ticks, loop = count(arrivals)
    assert ticks == len(arrivals)
    assert loop.period == pytest.approx(60 / 70 / 24)


def test_a_pulse_outside_the_limits_is_measured_afresh() -> None:
    _, loop = count([0.02 * tick for tick in range(20)])
    for tick in range(6):
        loop.tick(0.38 + 0.3 * (tick + 1))
    loop.release()
    for tick in range(20):
        loop.tick(10.0 + 0.03 * tick)
    assert loop.period == pytest.approx(0.03)


def test_released_the_loop_keeps_its_period_and_takes_the_phase_of_the_next_tick() -> None:
    _, loop = count([0.02 * tick for tick in range(20)])
    loop.release()
    assert loop.tick(7.007) == 1
    assert loop.next == pytest.approx(7.027)


@given(times=st.lists(st.floats(0, 100, allow_subnormal=False), max_size=200))
@settings(max_examples=100, deadline=None)
def test_ticks_at_any_times_leave_the_period_unknown_or_within_its_limits(times: list[float]) -> None:
    _, loop = count(sorted(times))
    assert loop.period == 0.0 or SHORTEST <= loop.period <= LONGEST
