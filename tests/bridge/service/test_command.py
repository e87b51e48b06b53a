import sys
from pathlib import Path

import pytest

from bridge.service import command


def test_from_a_source_tree_it_is_this_python_and_this_package() -> None:
    assert command.command()[-5:] == ["-m", "bridge", "run", "--log-file", "auto"]
    assert command.command()[0] == sys.executable


def test_from_a_frozen_binary_it_is_that_binary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "antiphon"))
    assert command.command() == [str(tmp_path / "antiphon"), "run", "--log-file", "auto"]


def test_on_windows_it_is_the_twin_that_opens_no_console(tmp_path: Path) -> None:
    running = tmp_path / "antiphon.exe"
    assert command.binary(running) == running
    (tmp_path / "antiphonw.exe").touch()
    assert command.binary(running) == tmp_path / "antiphonw.exe"


def test_words_with_spaces_stay_words() -> None:
    assert command.quoted(["/a b/c", "run"]) == '"/a b/c" run'
