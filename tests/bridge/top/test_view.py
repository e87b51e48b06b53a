import re

from hypothesis import given
from hypothesis import strategies as st

from bridge.osc.address import READINGS
from bridge.top.view import History, away, screen, spark

STATUS: dict[str, float | int | bool | str] = {
    "playing": 1,
    "tempo": 97.5,
    "meter": "4/4",
    "bar": 3,
    "beat": 2,
    "clock": "midi",
    "clock_error_ms": 0.21,
    "who": "band",
    "mode": "trade",
    "key": "D minor",
    "pack": "lstm-melody",
    "provider": "cpu",
    "asked": "auto",
    "note_ms": 0.61,
    "hit_rate": 0.998,
    "late_p99_ms": 0.3,
    "notes": 120,
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def plain(lines: list[str]) -> str:
    return "\n".join(COLOUR.sub("", line) for line in lines)


def shown(status: dict[str, float | int | bool | str], width: int = 100, height: int = 40) -> str:
    history = History()
    history.add(status)
    return plain(screen(status, history, "127.0.0.1:9270", width, height))


def test_it_shows_where_the_music_is_who_plays_and_how_the_engine_does() -> None:
    text = shown(STATUS)
    for word in (
        "bar 3.2",
        "97.5 BPM, 4/4",
        "midi",
        "band",
        "trade",
        "D minor",
        "lstm-melody on cpu",
        "0.61 ms",
        "99.8%",
    ):
        assert word in text


def test_a_fall_back_and_a_rival_clock_are_said_aloud() -> None:
    text = shown(STATUS | {"asked": "cuda", "clock_rival": "link"})
    assert "asked for cuda" in text
    assert "link plays too and disagrees" in text


def test_a_daemon_that_tells_less_is_shown_all_the_same() -> None:
    assert "stopped" in shown({})


@given(st.integers(0, 200), st.integers(1, 60), st.dictionaries(st.sampled_from([r.name for r in READINGS]), st.text()))
def test_no_line_is_wider_than_the_terminal_and_no_text_moves_the_cursor(
    width: int, height: int, status: dict[str, str]
) -> None:
    lines = screen(status, History(), "somewhere", width, height)
    assert len(lines) <= height
    for line in (*lines, *away("somewhere", width)):
        bare = COLOUR.sub("", line)
        assert len(bare) <= width
        assert not any(ord(letter) < 32 for letter in bare)


def test_a_line_of_blocks_rises_with_the_values() -> None:
    assert spark([0, 0.5, 1], 3, 1) == "▁▅█" or spark([0, 0.5, 1], 3, 1) == "▁▄█"
    assert len(spark([1.0] * 50, 10)) == 10
    assert spark([], 10) == ""
