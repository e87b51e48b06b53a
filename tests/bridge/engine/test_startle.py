import math

from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.startle import ALARM, USUAL, Startle


def heard(*notes: tuple[int, float]) -> Startle:
    startle = Startle()
    for tick, nats in notes:
        startle.hear(tick, nats)
    return startle


@given(st.lists(st.floats(0, USUAL), max_size=50))
def test_a_player_who_plays_about_what_was_expected_never_startles(nats: list[float]) -> None:
    assert not heard(*((6 * n, each) for n, each in enumerate(nats))).left


def test_one_very_odd_note_is_enough() -> None:
    assert heard((0, USUAL + ALARM + 0.1)).left


def test_several_odd_notes_in_a_row_add_up_and_far_apart_they_do_not() -> None:
    assert heard((0, 2.2), (12, 2.2)).left
    assert not heard((0, 2.2), (960, 2.2)).left


def test_once_the_plan_is_made_anew_it_takes_another_startle() -> None:
    startle = heard((0, 5.0))
    startle.calm()
    assert not startle.left
    startle.hear(6, 1.5)
    assert not startle.left


def test_a_small_startle_is_still_remembered_by_a_plan_that_stood() -> None:
    startle = heard((0, 2.5))
    startle.calm()
    startle.hear(6, 2.5)
    assert startle.left


def test_what_cannot_be_judged_says_nothing_and_what_is_wound_back_is_forgotten() -> None:
    assert not heard((0, math.nan)).left
    startle = heard((0, 5.0))
    startle.forget()
    assert not startle.left
