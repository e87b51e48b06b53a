import math

import pytest

from bridge.daw.position import meter_of, number, song_beat
from bridge.music.meter import Meter


@pytest.mark.parametrize(
    ("text", "meter", "ticks", "beat"),
    [
        ("1.1.00", Meter(), 100, 0.0),
        ("12.3.45", Meter(), 100, 46.45),
        ("2.3.50", Meter(6, 8), 100, 3.0 + 1.25),
        ("001|02|0960", Meter(), 1920, 1.5),
        ("2.1.2.50", Meter(7, 8), 100, 3.875),
        ("-1.1.00", Meter(), 100, -4.0),
    ],
)
def test_a_position_in_bars_and_beats_is_a_song_beat(text: str, meter: Meter, ticks: int, beat: float) -> None:
    assert song_beat(text, meter, ticks) == pytest.approx(beat)


@pytest.mark.parametrize("text", ["", "1", "1.2", "a.b.c", "0:03.250", "1.2.3.4.5", "1.-2.3"])
def test_what_is_no_position_is_none(text: str) -> None:
    assert song_beat(text, Meter()) is None


def test_switches_and_numbers_are_numbers_and_nothing_else_is() -> None:
    assert [number(value) for value in (True, 3, 0.5)] == [1.0, 3.0, 0.5]
    assert [number(value) for value in (math.nan, math.inf, "1", None)] == [None] * 4


def test_a_meter_that_cannot_be_counted_is_none() -> None:
    assert meter_of(7, 8.0) == Meter(7, 8)
    assert [meter_of(*given) for given in ((0, 4), (4, 3), (None, 4), ("4", 4), (4, 0))] == [None] * 5
