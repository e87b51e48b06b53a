import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge.clock.daw import SILENCE, DawClock, Observation
from bridge.clock.stage import Stage
from bridge.music.meter import Meter
from tests.bridge.clock.daw import Daw, Stretch, followed, loop, ramp, worst


@pytest.mark.parametrize("rate", [5.0, 10.0, 20.0])
@pytest.mark.parametrize("bpm", [63.0, 120.0, 187.5])
def test_a_daw_on_a_100_ms_control_plane_is_followed_within_12_ms(bpm: float, rate: float) -> None:
    daw = Daw(Stretch(0.0, 0.0, bpm))
    clock = DawClock()
    errors = followed(daw, daw.news(30.0, rate=rate), clock)
    assert worst(errors, 1.0) < 12.0
    assert clock.epoch == 1
    assert clock.shown_bpm == bpm


def test_30_ms_of_jitter_and_many_menus_move_the_beat_by_less_than_25() -> None:
    daw = Daw(Stretch(0.0, 0.0, 120.0))
    clock = DawClock()
    errors = followed(daw, daw.news(60.0, jitter=0.03, stalls=0.05), clock)
    assert worst(errors, 2.0) < 25.0
    assert 5.0 < clock.error_ms < 60.0


def test_a_menu_that_is_open_for_three_seconds_changes_nothing() -> None:
    daw = Daw(Stretch(0.0, 0.0, 120.0))
    clock = DawClock()
    news = [replace(seen, time=8.0 + seen.time / 1e4) if 5.0 < seen.time < 8.0 else seen for seen in daw.news(15.0)]
    assert worst(followed(daw, news, clock), 1.0) < 12.0
    assert clock.epoch == 1


@pytest.mark.parametrize("bpm", [100.0, 140.0])
def test_a_ramp_is_followed_within_35_ms(bpm: float) -> None:
    daw = Daw(Stretch(0.0, 0.0, 120.0), *ramp(Stretch(5.0, 10.0, 120.0), bpm, 4.0))
    clock = DawClock()
    errors = followed(daw, daw.news(20.0), clock)
    assert worst(errors, 1.0) < 35.0
    assert worst(errors, 14.0) < 12.0
    assert clock.epoch == 1


@pytest.mark.parametrize("beats", [1.0, 4.0, 16.0])
def test_a_loop_is_followed_from_the_first_news_after_it(beats: float) -> None:
    daw = Daw(*loop(120.0, beats, 8))
    clock = DawClock()
    errors = followed(daw, daw.news(beats * 4.0, stalls=0.0), clock)
    assert clock.epoch == 8
    for index in range(8):
        start = index * beats / 2.0
        assert worst(errors, start + 0.25, start + beats / 2.0) < 60.0


@pytest.mark.parametrize("step", [-32.0, -4.0, 0.75, 4.0, 400.0])
def test_a_jump_is_one_new_epoch_at_the_right_beat(step: float) -> None:
    daw = Daw(Stretch(0.0, 100.0, 120.0), Stretch(5.0, 110.0 + step, 120.0))
    clock = DawClock()
    errors = followed(daw, daw.news(12.0, stalls=0.0), clock)
    assert clock.epoch == 2
    assert worst(errors, 5.3) < 60.0
    assert worst(errors, 7.0) < 12.0


def test_a_stop_and_a_start_elsewhere_are_followed() -> None:
    daw = Daw(Stretch(0.0, 0.0, 120.0), Stretch(3.0, 6.0, 0.0), Stretch(4.0, 64.0, 0.0), Stretch(5.0, 64.0, 90.0))
    clock = DawClock()
    news = list(daw.news(10.0))
    followed(daw, [seen for seen in news if seen.time < 3.9], clock)
    assert (clock.map.playing, clock.map.beat) == (False, 6.0)
    followed(daw, [seen for seen in news if 4.2 < seen.time < 4.9], clock)
    assert (clock.map.playing, clock.map.beat) == (False, 64.0)
    errors = followed(daw, [seen for seen in news if seen.time > 5.0], clock)
    assert worst(errors, 6.0) < 12.0


def test_a_daw_that_says_it_plays_and_does_not_move_stands() -> None:
    clock = DawClock()
    for index in range(20):
        clock.observe("ardour", Observation(index / 10, True, 7.0, 120.0))
    assert (clock.map.playing, clock.map.beat) == (False, 7.0)
    clock.observe("ardour", Observation(2.1, True, 7.2, 120.0))
    assert clock.map.playing


def test_a_daw_that_is_gone_has_stopped() -> None:
    daw = Daw(Stretch(0.0, 0.0, 120.0))
    clock = DawClock()
    followed(daw, daw.news(3.0), clock)
    clock.poll(3.0 + SILENCE - 0.2)
    assert clock.map.playing
    clock.poll(3.0 + SILENCE + 0.2)
    assert not clock.map.playing


def test_a_daw_that_states_no_tempo_is_followed_by_its_positions() -> None:
    daw = Daw(Stretch(0.0, 0.0, 93.0))
    clock = DawClock()
    errors = followed(daw, [replace(seen, bpm=None) for seen in daw.news(30.0)], clock)
    assert worst(errors, 5.0) < 30.0
    assert clock.shown_bpm == pytest.approx(93.0, rel=0.01)


def test_a_play_rate_that_the_stated_tempo_does_not_know_of_is_found() -> None:
    daw = Daw(Stretch(0.0, 0.0, 60.0))
    clock = DawClock()
    errors = followed(daw, [replace(seen, bpm=120.0) for seen in daw.news(30.0)], clock)
    assert worst(errors, 6.0) < 40.0
    assert clock.shown_bpm == pytest.approx(60.0, rel=0.01)


def test_a_daw_that_tells_no_position_plays_on_from_where_it_stood() -> None:
    clock = DawClock()
    clock.observe("x", Observation(0.0, False, 8.0, 100.0))
    clock.observe("x", Observation(1.0, True, None, 100.0))
    clock.observe("x", Observation(2.0, True, None, 100.0))
    assert clock.map.beat_at(4.0) == pytest.approx(13.0)
    assert clock.pulse is None


def test_the_meter_is_the_daws_where_it_states_one() -> None:
    clock = DawClock(meter=Meter(3, 4))
    clock.set_meter(Meter(5, 4))
    assert clock.map.meter == Meter(5, 4)
    clock.observe("live", Observation(0.0, False, 0.0, 120.0, Meter(7, 8)))
    clock.set_meter(Meter(4, 4))
    assert clock.map.meter == Meter(7, 8)


def test_a_second_daw_is_heard_when_the_first_one_stands() -> None:
    clock = DawClock()
    clock.observe("live", Observation(0.0, True, 4.0, 120.0))
    clock.observe("reaper", Observation(0.1, True, 400.0, 90.0))
    assert (clock.name, clock.map.beat) == ("live", 4.0)
    clock.observe("live", Observation(0.2, False, 4.4, 120.0))
    clock.observe("reaper", Observation(0.3, True, 400.0, 90.0))
    assert (clock.name, clock.map.beat, clock.map.bpm) == ("reaper", 400.0, 90.0)


NUMBERS = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(-100, 1000))


@given(news=st.lists(st.tuples(st.floats(0.0, 2.0), st.booleans(), NUMBERS, NUMBERS), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_news_leaves_a_usable_map_that_never_goes_back_within_an_epoch(
    news: list[tuple[float, bool, float | None, float | None]],
) -> None:
    clock, stage, time, beat = DawClock(), Stage(), 0.0, 0.0
    for wait, playing, position, bpm in news:
        before, time = clock.map, time + wait
        clock.poll(time)
        clock.observe("x", Observation(time, playing, position, bpm))
        map = clock.map
        assert 0 < map.bpm < 100_000
        if map.epoch == before.epoch and map.playing:
            assert map.beat_at(time) >= before.beat_at(time) - 1e-6
        here = stage.follow(map, time).beat_at(time)
        assert here >= beat - 1e-6
        beat = here
