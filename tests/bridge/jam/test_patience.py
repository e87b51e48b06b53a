import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.pace import Pace
from bridge.jam.patience import FEW, SHARES, TIGHT, Patience


def after(patience: Patience, bpm: float, *seconds: float) -> list[float]:
    """The shares asked for, after each of some answers."""
    shares = []
    for took in seconds:
        patience.answered(took)
        shares.append(patience.share(bpm))
    return shares


def test_at_leisure_an_answer_may_take_all_the_work_that_it_wants() -> None:
    assert Patience().share(120.0) == 1.0
    assert set(after(Patience(), 120.0, *[0.05] * 50)) == {1.0}


def test_the_same_answers_are_in_time_in_a_slow_piece_and_too_slow_in_a_fast_one() -> None:
    assert after(Patience(), 60.0, *[0.1] * 20)[-1] == 1.0
    assert after(Patience(), 240.0, *[0.1] * 20)[-1] < 1.0


def test_a_machine_that_becomes_busy_gets_less_work_and_once_it_is_free_again_all_of_it() -> None:
    patience = Patience()
    busy = after(patience, 200.0, *[0.12] * (3 * FEW))
    assert busy[-1] == SHARES[-1]
    free = after(patience, 200.0, *[0.01] * (6 * FEW))
    assert free[-1] == 1.0
    assert sorted(free) == free


def test_one_answer_far_too_late_is_enough_and_one_a_little_late_is_not() -> None:
    assert after(Patience(), 120.0, 0.02, 0.4)[-1] == 0.5
    assert after(Patience(), 120.0, *[0.02] * 8, 0.13)[-1] == 1.0


def test_a_machine_that_is_just_quick_enough_with_less_work_is_not_pushed_to_and_fro() -> None:
    patience = Patience()
    after(patience, 120.0, *[0.2] * FEW)
    assert len(set(after(patience, 120.0, *[0.08] * 60))) == 1


@given(st.lists(st.floats(0.0, 2.0), max_size=60), st.floats(40.0, 300.0))
def test_less_work_is_asked_for_only_where_an_answer_took_too_long(took: list[float], bpm: float) -> None:
    shares = after(Patience(), bpm, *took)
    assert set(shares) <= set(SHARES)
    if all(seconds <= TIGHT * 60.0 / bpm for seconds in took):
        assert set(shares) <= {1.0}


@pytest.mark.parametrize(("bpm", "least"), [(90.0, 1.0), (200.0, 0.25)])
def test_a_pace_passes_on_what_its_answers_took(bpm: float, least: float) -> None:
    pace = Pace()
    for _ in range(20):
        pace.answered(0.15)
        share = pace.patience(bpm)
    assert share == least
