import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.steer import chase, steer
from bridge.clock.tempo_map import TempoMap


@given(off=st.floats(-0.1, 2.0), bpm=st.floats(20, 300))
def test_it_meets_the_line_it_steers_for(off: float, bpm: float) -> None:
    current = TempoMap(beat=8.0, time=0.0, bpm=120, playing=True)
    there = steer(current, 1.0, 10.0 + off, bpm, ahead=0.5)
    if there.bpm > 0.11 * bpm:
        assert there.beat_at(1.5) == pytest.approx(10.0 + off + 0.5 * bpm / 60)


@given(off=st.floats(-100, 100), bpm=st.floats(20, 300))
def test_the_beat_goes_on_from_where_it_is_and_rises(off: float, bpm: float) -> None:
    current = TempoMap(beat=8.0, time=0.0, bpm=120, playing=True)
    there = steer(current, 1.0, 10.0 + off, bpm, ahead=0.1)
    assert there.beat_at(1.0) == current.beat_at(1.0)
    assert there.bpm > 0


def test_a_map_that_chases_a_line_comes_to_lie_on_it_without_a_jump_and_then_stays() -> None:
    current = TempoMap(beat=0.0, time=0.0, bpm=120.0, playing=True)
    goal = TempoMap(beat=0.2, time=0.0, bpm=100.0, playing=True)
    for step in range(1, 200):
        time = step * 0.05
        before, current = current, chase(current, time, goal, 0.25)
        assert current.beat_at(time) == pytest.approx(before.beat_at(time), abs=1e-4)
    assert current.beat_at(10.0) == pytest.approx(goal.beat_at(10.0), abs=1e-4)
    assert chase(current, 10.0, goal, 0.25) is current
