import pytest

from export.data.abc import rule_abc, tunes

HEAD = "X: 1\nT: Any\nM: 3/4\nL: 1/4\nK: G\n"


def lines(body: str, head: str = HEAD) -> list[float]:
    return [float(line) for line in rule_abc(head + body).lines]


def test_bar_lines_lie_where_the_beats_before_them_end() -> None:
    assert lines("GAB|c3|B2A|G3|]") == [3, 6, 9, 12]


def test_a_pick_up_comes_before_the_first_bar_line() -> None:
    assert lines('e|"G"d2B|"D"A3/2B/2c|') == [1, 4, 7]


def test_a_repeat_sign_in_a_bar_is_no_bar_line() -> None:
    assert lines("e|GAB|c2:|d|GAB|c2||") == [1, 4, 7, 10, 12]


def test_ornaments_words_and_chords_take_no_time() -> None:
    assert lines('"Am"{ag}A!fermata!B[CEG]|[M:2/4]AB|') == [3, 5]


@pytest.mark.parametrize(("body", "end"), [("(3GAB c", 3.0), ("G>A B<c", 4.0), ("[CE]2 z", 3.0), ("A/B/ c//d//", 1.5)])
def test_lengths_are_read(body: str, end: float) -> None:
    assert float(rule_abc(HEAD + body).end) == pytest.approx(end)


def test_only_the_first_voice_counts() -> None:
    head = "X: 1\nM: 4/4\nL: 1/4\nV: S\nV: B\nK: F\n"
    assert lines("[V: S] [Q:1/4=90] cccc | c4 |]\n[V: B] F2 F2 | F4 |]\n", head) == [4, 8]


def test_a_collection_is_told_apart_by_ids() -> None:
    assert [name for name, _ in tunes("% id a:1\nX: 1\n% id a:2\nX: 2\n")] == ["a:1", "a:2"]
