from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SettingsError
from bridge.music.chart import read_chart
from bridge.music.meter import Meter

BLUES = "C7 | F7 | C7 | % | F7 | % | C7 | A7 | Dm7 | G7 | C7 A7 | Dm7 G7"


def names(text: str, start: float, end: float, meter: Meter | None = None) -> list[tuple[float, str]]:
    found = read_chart(text).between(start, end, meter or Meter())
    return [(at.beat, "N.C." if at.chord is None else at.chord.name) for at in found]


def test_without_bar_lines_every_chord_has_a_bar() -> None:
    assert names("C Am F G", 0.0, 16.0) == [(0.0, "C"), (4.0, "Am"), (8.0, "F"), (12.0, "G")]


def test_the_chords_of_a_bar_share_it() -> None:
    assert names("C | Dm7 G7", 4.0, 8.0) == [(4.0, "Dm7"), (6.0, "G7")]
    assert names("C | Dm7 G7", 3.0, 6.0, Meter(3, 4)) == [(3.0, "Dm7"), (4.5, "G7")]


def test_the_chord_that_holds_at_the_start_comes_first() -> None:
    assert names("C Am", 3.0, 5.0) == [(0.0, "C"), (4.0, "Am")]


def test_a_chart_goes_round() -> None:
    assert read_chart(BLUES).at(48.0, Meter()) == read_chart("C7").at(0.0, Meter())
    assert str(read_chart(BLUES).at(49.0 + 3 * 48, Meter())) == str(read_chart(BLUES).at(1.0, Meter()))


@given(st.floats(0.0, 1000.0), st.floats(0.0, 64.0))
def test_a_stretch_in_pieces_is_the_stretch_whole(start: float, length: float) -> None:
    chart, cut = read_chart(BLUES), start + length / 2
    whole = chart.between(start, start + length, Meter())
    pieces = (*chart.between(start, cut, Meter()), *chart.between(cut, start + length, Meter()))
    assert set(whole) <= set(pieces)
    assert all(a.beat < b.beat for a, b in pairwise(whole))


def test_a_chart_is_read_back_from_its_own_text() -> None:
    assert read_chart(str(read_chart(BLUES))) == read_chart(BLUES)
    assert not read_chart("  ")


@pytest.mark.parametrize("text", ["C | X", "%", "C " * 600, "| " + "C " * 17 + "|"])
def test_what_is_no_chart_is_refused_in_words(text: str) -> None:
    with pytest.raises(SettingsError):
        read_chart(text)
