from itertools import pairwise

from export.data.readers import TONICS, barlines, meter_ticks


def test_meters_as_text() -> None:
    assert [meter_ticks(text) for text in ("4/4", "6/8", "2/2", "9/8", "none", "")] == [96, 72, 96, 108, 96, 96]


def test_every_name_of_a_key_is_its_pitch_class() -> None:
    assert TONICS["C"] == TONICS["B#"] == 0
    assert TONICS["F#"] == TONICS["Gb"] == 6


def test_a_change_of_meter_gives_the_bar_lines_before_it() -> None:
    lines = barlines([(0.0, 4.0), (9.0, 3.0)], [], 500)
    assert lines[:5] == [-72, 24, 120, 216, 288]
    assert lines[-1] > 500
    assert {b - a for a, b in pairwise(lines)} == {96, 72}


def test_the_bass_says_where_the_bars_of_a_piece_with_a_pick_up_are() -> None:
    bass = [(1.0 + 4 * bar, 1.0, 40, 80) for bar in range(10)]
    tune = [(n * 1.0, 1.0, 70, 80) for n in range(40)]
    assert barlines([(0.0, 4.0)], bass + tune, 960)[:3] == [-72, 24, 120]
