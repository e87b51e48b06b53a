import sys
from pathlib import Path

import pytest

from bridge.listen.loudspeaker import find

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")


@POSIX
def test_where_there_is_no_player_there_is_none() -> None:
    assert find(lambda name: None) is None


@POSIX
def test_a_player_that_fails_says_so(tmp_path: Path) -> None:
    play = find(lambda name: "/bin/false" if name == "paplay" else None)
    assert play is not None
    assert not play(tmp_path / "a.wav")


@POSIX
def test_a_player_gets_the_file(tmp_path: Path) -> None:
    play = find(lambda name: "/bin/true" if name == "afplay" else None)
    assert play is not None
    assert play(tmp_path / "a.wav")
