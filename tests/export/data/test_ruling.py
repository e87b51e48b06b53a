from fractions import Fraction

from export.data.abc import Ruled
from export.data.ruling import Mark, named, pulses, spelled, written


def test_a_written_pick_up_begins_a_whole_bar_before_the_first_bar_line() -> None:
    ruling = written(Ruled([Fraction(1), Fraction(4), Fraction(7)], Fraction(9)), Mark(0, 3, 4), 9 * 24, 8 * 24)
    assert ruling is not None
    assert ruling.bars.tolist() == [-48, 24, 96, 168, 240]
    assert ruling.meters == [(0, 3, 4)]


def test_a_source_that_is_not_as_long_as_the_notes_says_nothing() -> None:
    assert written(Ruled([Fraction(3)], Fraction(9)), Mark(0, 3, 4), 12 * 24, 11 * 24) is None


def test_a_short_bar_has_a_meter_of_its_own() -> None:
    assert named([0, 96, 168, 264], [Mark(0, 4, 4)]).meters == [(0, 4, 4), (1, 3, 4), (2, 4, 4)]
    assert [spelled(ticks) for ticks in (24, 36, 84, 18, 15)] == [(1, 4), (3, 8), (7, 8), (3, 16), (5, 32)]


def test_pulses_are_quarters_or_three_eighths_and_bar_lines_are_strong() -> None:
    four = pulses(named([0, 96, 192], [Mark(0, 4, 4)]))
    assert four.ticks.tolist() == [0, 24, 48, 72, 96, 120, 144, 168, 192]
    assert four.strengths.tolist() == [2, 0, 1, 0] * 2
    six = pulses(named([0, 72], [Mark(0, 6, 8)]))
    assert six.ticks.tolist() == [0, 36, 72]
    assert six.strengths.tolist() == [2, 1]
