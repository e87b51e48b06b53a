from hypothesis import given
from hypothesis import strategies as st

from bridge.record.layout import MOST_ROWS, NARROWEST, Scale, pitch_range, rows
from bridge.record.timeline import Timeline


@given(st.integers(1, 2000))
def test_every_bar_is_in_one_row_and_the_rows_fit_the_picture(count: int) -> None:
    bars = Timeline().bars(0.0, count * 4.0)
    systems = rows(bars)
    assert tuple(bar for row in systems for bar in row.bars) == bars
    assert len(systems) <= MOST_ROWS
    assert all(row.stop <= row.end for row in systems)


def test_a_song_of_common_length_has_eight_to_ten_bars_a_row() -> None:
    for count in (16, 24, 25, 32, 48, 64, 96):
        systems = rows(Timeline().bars(0.0, count * 4.0))
        assert 8 <= len(systems[0].bars) <= 10


@given(st.lists(st.integers(0, 127), max_size=20))
def test_every_note_lies_within_the_pitches_shown(pitches: list[int]) -> None:
    low, high = pitch_range(pitches)
    assert 0 <= low < high <= 127
    assert all(low <= pitch <= high for pitch in pitches)
    assert high - low >= NARROWEST // 2


def test_a_row_is_a_ruler_for_beats() -> None:
    scale = Scale(left=100.0, width=800.0, start=8.0, end=16.0)
    assert [scale.x(beat) for beat in (8.0, 12.0, 16.0, 0.0, 99.0)] == [100.0, 500.0, 900.0, 100.0, 900.0]
