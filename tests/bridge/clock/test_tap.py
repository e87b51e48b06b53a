import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.tap import FASTEST_BPM, SLOWEST_BPM, Tapped, Taps


def tapped(times: Iterable[float], taps: Taps | None = None) -> Tapped:
    """What the last of the taps comes to."""
    taps = taps or Taps()
    told = Tapped(0)
    for time in times:
        told = taps.tap(time)
    return told


def beats(bpm: float, count: int, start: float = 0.0) -> list[float]:
    return [start + index * 60.0 / bpm for index in range(count)]


def test_three_taps_make_a_tempo_and_two_do_not() -> None:
    assert tapped(beats(100, 2)).bpm is None
    told = tapped(beats(100, 3))
    assert (told.count, told.bpm) == (3, 100.0)
    assert told.next == pytest.approx(1.8)


@pytest.mark.parametrize("bpm", [45.0, 60.0, 97.0, 120.0, 174.0, 240.0])
def test_a_human_finger_is_within_two_percent_after_eight_taps(bpm: float) -> None:
    chance = random.Random(3)
    told = tapped(time + chance.gauss(0.0, 0.012) for time in beats(bpm, 8))
    assert told.bpm == pytest.approx(bpm, rel=0.02)
    assert told.next == pytest.approx(8 * 60.0 / bpm, abs=0.03)


def test_one_bad_tap_among_eight_hardly_matters() -> None:
    times = beats(120, 8)
    times[4] += 0.08
    assert tapped(times).bpm == pytest.approx(120, rel=0.01)


def test_a_tap_left_out_is_a_beat_left_out() -> None:
    times = beats(120, 8)
    del times[4]
    told = tapped(times)
    assert told.bpm == 120.0
    assert told.next == pytest.approx(4.0)


def test_a_tap_put_in_between_changes_nothing() -> None:
    times = beats(120, 6)
    assert tapped(sorted([*times, times[3] + 0.25])) == tapped(times)


def test_a_bounce_is_no_tap() -> None:
    times = beats(120, 6)
    assert tapped(sorted([*times, *(time + 0.03 for time in times)])) == tapped(times)


@pytest.mark.parametrize("factor", [0.5, 2.0, 0.7, 1.4])
def test_another_tempo_that_goes_on_is_taken(factor: float) -> None:
    taps = Taps()
    tapped(beats(100, 6), taps)
    assert tapped(beats(100 * factor, 6, start=3.0 + 60.0 / (100 * factor)), taps).bpm == pytest.approx(100 * factor)


def test_after_a_pause_the_taps_begin_anew() -> None:
    taps = Taps()
    tapped(beats(100, 6), taps)
    assert taps.tap(3.0 + 2.1) == Tapped(1)


def test_a_tap_that_fits_nothing_begins_anew() -> None:
    taps = Taps()
    tapped(beats(100, 6), taps)
    assert taps.tap(3.0 + 0.6 * 1.4) == Tapped(1)


@given(times=st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_any_taps_leave_a_tempo_that_can_be_played_or_none(times: list[float]) -> None:
    taps = Taps()
    for time in times:
        told = taps.tap(time)
        assert told.bpm is None or SLOWEST_BPM <= told.bpm <= FASTEST_BPM


@given(gaps=st.lists(st.floats(0.0, 2.5), max_size=40))
def test_any_finger_leaves_a_next_beat_that_is_not_far(gaps: list[float]) -> None:
    taps, time = Taps(), 0.0
    for gap in gaps:
        time += gap
        told = taps.tap(time)
        assert told.count >= 1
        if told.bpm is not None:
            assert abs(told.next - time) < 6.0
