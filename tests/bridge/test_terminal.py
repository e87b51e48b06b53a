import errno
import io
import os

import pytest

from bridge.terminal import PRINT, REDRAW, Terminal

LONG = "x" * 200


class Screen(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        return True


class Gone(Screen):
    """A terminal that was closed."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, _: str) -> int:
        raise OSError(self.number, os.strerror(self.number))


@pytest.fixture(autouse=True)
def eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def lines(text: str) -> list[str]:
    """What is on the screen after some writing, line by line; fails if it is wider than 79."""
    rows = [""]
    column = 0
    for character in text:
        if character == "\n":
            rows.append("")
            column = 0
        elif character == "\r":
            column = 0
        else:
            rows[-1] = rows[-1][:column] + character + rows[-1][column + 1 :]
            column += 1
            assert column < 80
    return [row.rstrip() for row in rows]


def test_the_status_line_never_reaches_the_edge_of_the_screen() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.status(LONG)
    terminal.status(LONG)
    assert lines(screen.getvalue()) == ["x" * 79]


def test_a_screen_that_is_made_narrower_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.status(LONG)
    monkeypatch.setenv("COLUMNS", "40")
    before = len(screen.getvalue())
    terminal.status(LONG)
    terminal.status("short")
    terminal.say("")
    assert max(len(part) for part in screen.getvalue()[before:].split("\r")) == 39


def test_a_shorter_line_leaves_nothing_of_a_longer_one() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.status("a long line")
    terminal.status("short")
    assert lines(screen.getvalue()) == ["short"]


def test_a_message_stays_and_the_status_goes_on_below_it() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.status("bar 1, a long line")
    terminal.say("the wire ended")
    terminal.status("bar 2")
    assert lines(screen.getvalue()) == ["the wire ended", "bar 2"]


def test_in_a_pipe_every_line_stays_whole_and_they_come_seldom() -> None:
    pipe = io.StringIO()
    terminal = Terminal(pipe)
    terminal.status(LONG)
    terminal.say("ports: in")
    assert pipe.getvalue() == f"{LONG}\nports: in\n"
    assert terminal.pace == PRINT > REDRAW == Terminal(Screen()).pace


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EIO, errno.ENOSPC, errno.EAGAIN])
def test_a_terminal_that_cannot_be_written_to_ends_nothing(number: int) -> None:
    terminal = Terminal(Gone(number))
    terminal.status("bar 1")
    terminal.say("the engine ended")


@pytest.mark.skipif(os.name != "posix", reason="pipes of another kind")
def test_a_reader_that_goes_away_is_no_error_now_or_at_the_end() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:  # closing writes what is left, as Python does when it ends
        terminal = Terminal(stream)
        terminal.say("nobody reads this")
        terminal.say("nor this")
