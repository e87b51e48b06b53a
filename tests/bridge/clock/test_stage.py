import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge.clock.internal import InternalClock
from bridge.clock.stage import Stage
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter


def test_a_source_that_starts_again_does_not_turn_the_stage_back() -> None:
    clock, stage = InternalClock(bpm=120), Stage()
    clock.start(0.0)
    stage.follow(clock.map, 0.0)
    clock.start(3.0)
    published = stage.follow(clock.map, 3.0)
    assert published.beat_at(3.0) == pytest.approx(6.0)
    assert published.beat + published.song == 0.0
    bar, into = published.bar_at(published.beat_at(5.5))
    assert bar == 1
    assert into == pytest.approx(1.0)


def test_the_stage_stands_while_the_source_is_stopped() -> None:
    clock, stage = InternalClock(bpm=120), Stage()
    clock.start(0.0)
    stage.follow(clock.map, 0.0)
    clock.stop(2.0)
    stage.follow(clock.map, 2.0)
    assert stage.map.beat_at(100.0) == pytest.approx(4.0)


def test_no_news_is_the_same_map() -> None:
    clock, stage = InternalClock(), Stage()
    clock.start(0.0)
    assert stage.follow(clock.map, 0.0) is stage.follow(clock.map, 1.0)


def test_tempo_and_meter_changes_keep_the_epoch_and_pass_through() -> None:
    clock, stage = InternalClock(), Stage()
    clock.start(0.0)
    epoch = stage.follow(clock.map, 0.0).epoch
    clock.set_tempo(90, 1.0)
    clock.set_meter(Meter(7, 8))
    published = stage.follow(clock.map, 1.0)
    assert (published.epoch, published.bpm, published.meter) == (epoch, 90, Meter(7, 8))


def test_a_source_that_slips_back_a_little_is_waited_for() -> None:
    stage = Stage()
    source = TempoMap(bpm=120, playing=True)
    stage.follow(source, 0.0)
    published = stage.follow(replace(source, beat=1.9, time=1.0), 1.0)
    assert published.beat_at(1.0) == pytest.approx(2.0)
    assert 0 < published.bpm < 120
    assert published.beat_at(1.25) == pytest.approx(2.4)


def test_a_source_that_jumps_back_without_saying_so_is_a_jump() -> None:
    stage = Stage()
    source = TempoMap(bpm=120, playing=True)
    epoch = stage.follow(source, 0.0).epoch
    published = stage.follow(replace(source, beat=0.0, time=10.0), 10.0)
    assert published.epoch == epoch + 1
    assert published.beat_at(10.0) == pytest.approx(20.0, abs=1e-5)
    assert published.beat + published.song == 0.0


@given(bar=st.integers(0, 400), stage_time=st.floats(0.001, 5000))
def test_a_locate_to_a_bar_begins_in_that_bar(bar: int, stage_time: float) -> None:
    clock, stage = InternalClock(bpm=133), Stage()
    clock.start(0.0)
    stage.follow(clock.map, 0.0)
    clock.locate(4.0 * bar, stage_time)
    published = stage.follow(clock.map, stage_time)
    assert published.bar_at(published.beat_at(stage_time)) == (bar, 0.0)
