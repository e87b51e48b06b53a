import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control import safe_file


class CrashError(Exception):
    """The power goes."""


def crash(*_: object) -> None:
    raise CrashError


@pytest.mark.parametrize("at", ["replace", "fsync"])
def test_a_crash_before_the_new_name_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    file = tmp_path / "a.toml"
    safe_file.write(file, "old")
    with monkeypatch.context() as broken:
        broken.setattr(os, at, crash)
        with pytest.raises(CrashError):
            safe_file.write(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_the_text_is_on_the_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noted(name: str, real: Callable[..., None]) -> Callable[..., None]:
        def act(*arguments: object) -> None:
            order.append(name)
            real(*arguments)

        return act

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, noted(name, getattr(os, name)))
    safe_file.write(tmp_path / "deep" / "a.toml", "text")
    assert order[:2] == ["fsync", "replace"]


@given(text=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r")))
def test_what_is_written_can_be_read(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("safe") / "a.toml"
    safe_file.write(file, text)
    assert file.read_text("utf-8") == text


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("old")
    link.symlink_to(real)
    safe_file.write(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
