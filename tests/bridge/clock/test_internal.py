import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.internal import EARLIEST, LATEST, InternalClock
from bridge.music.meter import Meter


def test_it_stands_still_until_it_is_started() -> None:
    clock = InternalClock()
    assert clock.map.beat_at(100.0) == 0.0


def test_it_plays_from_the_beginning_at_its_tempo() -> None:
    clock = InternalClock(bpm=90)
    clock.start(10.0)
    assert clock.map.beat_at(12.0) == pytest.approx(3.0)


def test_a_count_in_is_counted_in_negative_bars() -> None:
    clock = InternalClock(bpm=120)
    clock.start(0.0, lead_in=4.0)
    assert clock.map.bar_at(clock.map.beat_at(0.0)) == (-1, 0.0)
    assert clock.map.beat_at(2.0) == pytest.approx(0.0)


def test_it_goes_on_from_where_it_was_stopped() -> None:
    clock = InternalClock(bpm=120)
    clock.start(0.0)
    clock.stop(1.0)
    clock.resume(5.0)
    assert clock.map.beat_at(5.5) == pytest.approx(3.0)


def test_stopping_twice_and_resuming_twice_change_nothing() -> None:
    clock = InternalClock()
    clock.stop(0.0)
    assert clock.epoch == 0
    clock.start(0.0)
    clock.resume(1.0)
    assert clock.epoch == 1


def test_locating_while_playing_plays_on_from_there() -> None:
    clock = InternalClock(bpm=120)
    clock.start(0.0)
    clock.locate(32.0, 1.0)
    assert clock.map.playing
    assert clock.map.beat_at(1.5) == pytest.approx(33.0)
    assert clock.epoch == 2


@given(beat=st.floats(), lead_in=st.floats())
def test_any_position_asked_for_is_one_that_it_can_count_from(beat: float, lead_in: float) -> None:
    clock = InternalClock(bpm=120)
    clock.start(0.0, lead_in)
    clock.locate(beat, 0.0)
    here = clock.map.beat_at(0.0)
    assert EARLIEST <= here <= LATEST
    assert clock.map.beat_at(0.001) - here == pytest.approx(0.002, abs=1e-9)
    assert here == beat or not EARLIEST <= beat <= LATEST


@given(times=st.lists(st.tuples(st.floats(0.01, 5), st.floats(20, 300)), max_size=20))
def test_a_tempo_change_never_moves_the_beat(times: list[tuple[float, float]]) -> None:
    clock = InternalClock()
    clock.start(0.0)
    time = 0.0
    for wait, bpm in times:
        time += wait
        before = clock.map.beat_at(time)
        clock.set_tempo(bpm, time)
        assert clock.map.beat_at(time) == before
        assert clock.epoch == 1


def test_a_meter_change_keeps_the_beat() -> None:
    clock = InternalClock()
    clock.start(0.0)
    clock.set_meter(Meter(3, 4))
    assert clock.map.bar_at(clock.map.beat_at(2.0)) == (1, 1.0)
    clock.poll(3.0)
    assert clock.epoch == 1


def test_a_beat_that_is_aligned_comes_to_fall_where_it_was_tapped_at_the_same_tempo() -> None:
    clock = InternalClock(bpm=120)
    clock.start(0.0)
    clock.align(due=10.1, time=10.0)
    assert clock.map.beat_at(10.0) == 20.0
    for step in range(100):
        clock.poll(10.0 + step * 0.05)
    assert clock.map.beat_at(15.1) == pytest.approx(30.0, abs=1e-3)
    assert clock.map.bpm == pytest.approx(120.0)
    assert clock.shown_bpm == 120.0


def test_a_beat_is_not_aligned_while_it_stands() -> None:
    clock = InternalClock()
    clock.align(due=10.1, time=10.0)
    clock.poll(11.0)
    assert clock.map.beat == 0.0
