from bridge.music.note import Span
from bridge.music.turn import Who
from bridge.taste.turns import SOON, Turns

NEVER = float("-inf")


def test_a_key_soon_after_the_band_came_in_cuts_its_turn_short() -> None:
    turns = Turns()
    assert turns.follow(4.0, Who.BAND, 3.0) is None
    assert turns.follow(5.0, Who.PLAYER, 4.98) == Span(4.0, 5.0)


def test_a_turn_that_has_run_a_while_is_not_cut_short() -> None:
    turns = Turns()
    turns.follow(4.0, Who.BAND, 3.0)
    assert turns.follow(4.0 + SOON, Who.PLAYER, 4.0 + SOON) is None


def test_a_turn_that_ends_by_itself_says_nothing() -> None:
    turns = Turns()
    turns.follow(4.0, Who.BAND, 3.0)
    assert turns.follow(5.0, Who.NOBODY, 3.0) is None
    turns.follow(6.0, Who.BAND, 3.0)
    assert turns.follow(7.0, Who.PLAYER, 3.0) is None


def test_what_is_meant_is_the_turn_that_runs_or_else_the_one_before() -> None:
    turns = Turns()
    assert turns.meant(2.0) == ()
    turns.follow(4.0, Who.BAND, NEVER)
    turns.follow(8.0, Who.PLAYER, 8.0)
    assert turns.meant(9.0) == (Span(4.0, 8.0),)
    turns.follow(12.0, Who.BOTH, 8.0)
    running, before = turns.meant(13.0)
    assert running.start == 12.0
    assert before == Span(4.0, 8.0)


def test_music_that_begins_anew_has_no_turn_before() -> None:
    turns = Turns()
    turns.follow(100.0, Who.BAND, NEVER)
    turns.follow(104.0, Who.PLAYER, NEVER)
    turns.forget()
    assert turns.meant(1.0) == ()
