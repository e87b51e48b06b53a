import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.steer import steer
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
