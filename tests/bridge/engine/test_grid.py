from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.grid import NEAREST, PLACES, TICKS, snap, snap_tick, to_beat, to_tick


@given(st.integers(-10_000, 10_000), st.sampled_from(PLACES))
def test_a_note_on_the_grid_stays_where_it_is(beat: int, place: int) -> None:
    tick = beat * TICKS + place
    assert snap(tick) == tick
    assert snap_tick(tick) == tick
    assert to_tick(to_beat(tick)) == tick


@given(st.floats(-1e5, 1e5))
def test_a_note_is_never_pulled_further_than_a_tick_and_a_half(position: float) -> None:
    assert abs(snap(position) - position) <= 2.0 + 1e-6
    if (position % TICKS) < 8 or (position % TICKS) > 16:
        assert abs(snap(position) - position) <= 1.5 + 1e-6


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_the_order_of_two_notes_survives_the_pull(first: float, second: float) -> None:
    early, late = sorted((first, second))
    assert snap(early) <= snap(late)


@given(st.integers(-10_000, 10_000))
def test_playing_and_training_pull_the_same_way_but_for_ties(tick: int) -> None:
    distances = abs(snap(tick) - tick), abs(snap_tick(tick) - tick)
    assert distances[0] == distances[1]


def test_a_sixteenth_played_twenty_milliseconds_off_at_120_is_still_that_sixteenth() -> None:
    for place in (0, 6, 12, 18):
        for off in (-0.96, 0.96):
            assert snap(100 * TICKS + place + off) == 100 * TICKS + place


def test_every_tick_has_a_place_of_the_grid() -> None:
    assert len(NEAREST) == TICKS
    assert set(NEAREST) == {*PLACES, TICKS}
