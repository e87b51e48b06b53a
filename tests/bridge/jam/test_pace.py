import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.pace import FEASIBLE, INTERVALS, MOST, Pace


def paced(seconds: float) -> Pace:
    pace = Pace()
    for _ in range(200):
        pace.answered(seconds)
    return pace


@given(st.floats(0.001, 0.9), st.floats(40.0, 240.0))
def test_an_answer_is_always_there_before_the_plan_runs_out(p95: float, bpm: float) -> None:
    pace = paced(p95)
    beats = p95 * bpm / 60.0
    interval = pace.interval(bpm)
    assert beats <= FEASIBLE * interval or interval == INTERVALS[-1]
    assert pace.lookahead(bpm) >= min(interval + beats, 8.0)


def test_a_machine_that_is_quick_is_asked_every_16th() -> None:
    assert paced(0.010).interval(200.0) == 0.25


def test_a_pace_that_wavers_about_the_limit_is_kept() -> None:
    pace = paced(0.110)  # a little over what a 16th at 120 BPM allows
    assert pace.interval(120.0) == 0.5
    for _ in range(200):
        pace.answered(0.095)  # a little under it
    assert pace.interval(120.0) == 0.5
    for _ in range(200):
        pace.answered(0.050)
    assert pace.interval(120.0) == 0.25


def test_slack_buys_candidates_and_want_of_it_takes_them_away() -> None:
    pace = paced(0.005)
    assert [pace.spend(120.0) for _ in range(5)] == [2, 4, 8, MOST, MOST]
    for _ in range(200):
        pace.answered(0.080)
    assert [pace.spend(120.0) for _ in range(4)] == [4, 2, 1, 1]


@pytest.mark.parametrize("bpm", [60.0, 300.0])
def test_before_anything_was_measured_there_is_a_pace(bpm: float) -> None:
    assert Pace().interval(bpm) in INTERVALS
