import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.swing import ended, swung

beats = st.floats(-64, 64)
amounts = st.floats(0, 1)
units = st.sampled_from((0.5, 0.25))


@given(beats, units)
def test_without_swing_everything_stays(beat: float, unit: float) -> None:
    assert swung(beat, 0.0, unit) == pytest.approx(beat)


def test_swung_eighths_are_two_to_one_at_most() -> None:
    assert swung(8.5, 1.0) == pytest.approx(8 + 2 / 3)
    assert swung(8.5, 0.5) == pytest.approx(8.5 + 1 / 12)
    assert swung(8.5, 9.0) == swung(8.5, 1.0)


def test_swung_sixteenths_leave_the_eighths_alone() -> None:
    assert swung(8.25, 1.0, 0.25) == pytest.approx(8 + 1 / 3)
    assert swung(8.5, 1.0, 0.25) == 8.5


@given(st.integers(-20, 20), amounts, units)
def test_what_lies_on_the_pairs_own_beat_never_moves(pair: int, amount: float, unit: float) -> None:
    assert swung(pair * 2 * unit, amount, unit) == pytest.approx(pair * 2 * unit)


@given(st.integers(0, 20), amounts)
def test_triplets_swing_already(beat: int, amount: float) -> None:
    assert swung(beat + 1 / 3, amount) == beat + 1 / 3
    assert swung(beat + 2 / 3, amount) == beat + 2 / 3


@given(st.integers(-500, 500), st.integers(-500, 500), amounts, units)
def test_the_order_of_notes_on_sixteenths_stays(one: int, other: int, amount: float, unit: float) -> None:
    first, second = sorted((one / 4, other / 4))
    assert swung(first, amount, unit) <= swung(second, amount, unit)


@given(beats, beats, amounts, units)
def test_ends_keep_their_order_and_come_after_beginnings(one: float, other: float, amount: float, unit: float) -> None:
    first, second = sorted((one, other))
    assert ended(first, amount, unit) <= ended(second, amount, unit) + 1e-9
    assert abs(ended(first, amount, unit) - first) <= unit / 3 + 1e-9
