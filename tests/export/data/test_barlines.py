from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from export.data.barlines import flexible, steady

bars = st.sampled_from([48, 72, 96, 144])


@given(bars, st.integers(0, 11), st.integers(6, 30))
def test_bar_lines_are_where_the_chords_change(bar: int, halves: int, count: int) -> None:
    pickup = halves * 12 % bar
    chords = {pickup + n * bar: 2.0 for n in range(count)}
    end = pickup + count * bar
    for lines in (steady(chords, bar, end), flexible(chords, bar, end)):
        assert set(chords) <= set(lines)
        assert lines[0] <= 0 or lines[0] == pickup
        assert lines[-1] >= end


def test_a_repeat_with_a_short_bar_moves_the_bar_lines_after_it() -> None:
    first, second = {n * 96: 2.0 for n in range(8)}, {8 * 96 - 24 + n * 96: 2.0 for n in range(8)}
    lines = flexible(first | second, 96, 16 * 96 - 24)
    assert set(first | second) <= set(lines)
    assert sum(b - a != 96 for a, b in pairwise(lines)) == 1


@given(st.dictionaries(st.integers(0, 2000), st.floats(0, 5), max_size=30), bars, st.integers(96, 2000))
def test_bar_lines_always_rise_and_cover_the_piece(evidence: dict[int, float], bar: int, end: int) -> None:
    for lines in (steady(evidence, bar, end), flexible(evidence, bar, end)):
        assert all(a < b for a, b in pairwise(lines))
        assert lines[0] <= 0
        assert lines[-1] >= end
