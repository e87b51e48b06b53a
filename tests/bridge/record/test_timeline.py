import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter
from bridge.record.timeline import Timeline

METERS = st.sampled_from((Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)))
MAPS = st.lists(
    st.builds(
        TempoMap,
        beat=st.floats(0, 200),
        bpm=st.floats(20, 300),
        meter=METERS,
        playing=st.just(True),
        song=st.floats(-20, 20),
    ),
    max_size=12,
)


def test_without_a_tempo_map_a_beat_is_half_a_second_and_a_bar_four_beats() -> None:
    timeline = Timeline()
    assert timeline.seconds(3.0) == 1.5
    assert [bar.start for bar in timeline.bars(0.0, 12.0)] == [0.0, 4.0, 8.0]


def test_seconds_add_up_over_a_step_in_tempo() -> None:
    timeline = Timeline([TempoMap(bpm=120, playing=True), TempoMap(beat=8.0, bpm=60, playing=True)])
    assert timeline.seconds(8.0) == pytest.approx(4.0)
    assert timeline.seconds(10.0) == pytest.approx(6.0)


def test_standing_still_takes_no_time() -> None:
    stop = TempoMap(epoch=1, beat=4.0, time=2.0)
    start = TempoMap(epoch=2, beat=4.0, time=60.0, playing=True)
    assert Timeline([TempoMap(playing=True), stop, start]).seconds(8.0) == pytest.approx(4.0)


def test_beats_before_the_first_map_go_on_at_its_tempo() -> None:
    assert Timeline([TempoMap(beat=4.0, bpm=60, playing=True)]).seconds(2.0) == -2.0


def test_a_change_of_meter_changes_the_bars() -> None:
    maps = [TempoMap(playing=True), TempoMap(beat=8.0, song=-8.0, meter=Meter(3, 4), playing=True)]
    bars = Timeline(maps).bars(0.0, 14.0)
    assert [(bar.start, bar.number) for bar in bars] == [(0, 0), (4, 1), (8, 0), (11, 1)]


def test_a_jump_back_in_the_song_cuts_the_bar_short_and_counts_again() -> None:
    maps = [TempoMap(playing=True), TempoMap(epoch=1, beat=6.0, song=-6.0, playing=True)]
    bars = Timeline(maps).bars(0.0, 10.0)
    assert [(bar.number, bar.start, bar.end) for bar in bars] == [(0, 0, 4), (1, 4, 6), (0, 6, 10)]


def test_a_map_that_is_not_a_number_is_ignored() -> None:
    maps = [TempoMap(playing=True), TempoMap(beat=math.nan), TempoMap(beat=4.0, bpm=0.0)]
    assert Timeline(maps).seconds(8.0) == 4.0


@given(MAPS, st.floats(0, 250), st.floats(0, 250))
def test_a_later_beat_is_a_later_second(maps: list[TempoMap], one: float, other: float) -> None:
    timeline = Timeline(maps)
    first, second = sorted((one, other))
    assert timeline.seconds(first) <= timeline.seconds(second) + 1e-9


@given(MAPS, st.floats(0, 100), st.floats(0.01, 60))
def test_bars_follow_each_other_without_a_gap_and_cover_the_span(
    maps: list[TempoMap], start: float, beats: float
) -> None:
    bars = Timeline(maps).bars(start, start + beats)
    assert bars[0].start <= start + 1e-6
    assert bars[-1].end >= start + beats - 2e-4
    assert all(bar.end > bar.start for bar in bars)
    assert all(one.end == other.start for one, other in pairwise(bars))
