import os
from pathlib import Path

import pytest

from bridge.calibrate.settings_file import write_offset
from bridge.errors import SettingsError
from bridge.settings import load


def test_an_offset_goes_into_the_users_file_and_everything_else_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('# mine\n[midi]\nsystem = "jack"  # at home\n\n[knobs]\ntempo = 97\n')
    write_offset(file, "lead", -12.5)
    write_offset(file, "bass", 3.0)
    write_offset(file, "lead", -13.25)
    assert load(file).midi.offset_ms == {"lead": -13.25, "bass": 3.0}
    assert load(file).knobs == {"tempo": 97}
    text = file.read_text()
    assert text.startswith("# mine\n")
    assert 'system = "jack"  # at home' in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml"]


def test_without_a_file_one_is_made(tmp_path: Path) -> None:
    file = tmp_path / "antiphon" / "config.toml"
    write_offset(file, "click", 1.0)
    assert load(file).midi.offset_ms == {"click": 1.0}


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_linked_file_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("[midi.offset_ms]\nin = 2.0\n")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    write_offset(link, "lead", -1.0)
    assert link.is_symlink()
    assert load(link).midi.offset_ms == {"in": 2.0, "lead": -1.0}


@pytest.mark.parametrize("text", ["[midi\n", 'midi = "no table"\n', "[midi]\nsistem = 1\n", "[midi]\noffset_ms = 3\n"])
def test_a_file_that_is_no_settings_file_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"put the offset in by hand: \[midi\] offset_ms.lead = -1.0"):
        write_offset(file, "lead", -1.0)
    assert file.read_text() == text
