from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SettingsError
from bridge.listen.excerpt import Kind, Who
from bridge.listen.score import Vote, chance, keep, load, report

WON = Vote("band", "a", Kind.ANSWER, Who.PACK, Who.VAMP)
LOST = Vote("band", "a", Kind.ANSWER, Who.VAMP, Who.PACK)
DRAWN = Vote("band", "a", Kind.ANSWER, Who.PACK, Who.VAMP, drawn=True)


def test_votes_are_kept_and_found_again(tmp_path: Path) -> None:
    file = tmp_path / "score.json"
    assert load(file) == []
    keep(file, [WON, LOST])
    assert load(file) == [WON, LOST]


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    file = tmp_path / "score.json"
    file.write_text("{}")
    with pytest.raises(SettingsError, match=r"score\.json"):
        load(file)


def test_ten_of_ten_is_no_chance_and_five_of_ten_is() -> None:
    assert chance(10, 10) == pytest.approx(2 / 1024)
    assert chance(5, 10) == 1.0
    assert chance(0, 0) == 1.0


@given(st.integers(1, 60), st.data())
def test_winning_and_losing_are_equally_surprising(total: int, data: st.DataObject) -> None:
    wins = data.draw(st.integers(0, total))
    assert 0 < chance(wins, total) == chance(total - wins, total) <= 1


def test_the_report_counts_who_was_better_and_leaves_draws_out() -> None:
    text = report([WON, WON, LOST, DRAWN], "band")
    assert "pack before vamp in 2 of 3 (1 undecided)" in text
    assert "could be chance" in text


def test_another_packs_votes_are_not_this_packs() -> None:
    assert "nobody has listened" in report([WON], "other")
