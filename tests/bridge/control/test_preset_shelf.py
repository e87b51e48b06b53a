import math
from pathlib import Path

import pytest

from bridge.control.preset import LARGEST, Preset
from bridge.control.preset_shelf import PresetShelf
from bridge.errors import SettingsError


def test_presets_are_saved_listed_and_deleted_by_name(tmp_path: Path) -> None:
    shelf = PresetShelf(tmp_path / "presets")
    assert not shelf.names
    for name in ("verse", "Bridge 2", "äther"):
        shelf.save(Preset(name, values={"tempo": math.pi}))
    assert shelf.names == ("Bridge 2", "verse", "äther")
    assert shelf.load("verse")[0].values == {"tempo": math.pi}
    shelf.delete("verse")
    with pytest.raises(SettingsError, match="there are: Bridge 2, äther"):
        shelf.load("verse")
    with pytest.raises(SettingsError, match="no preset «verse»"):
        shelf.delete("verse")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "nul", "COM1.x", "x" * 61, "end ", "end.", "a\nb"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be called"):
        PresetShelf(tmp_path).save(Preset(name))


def test_a_file_that_is_no_preset_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    shelf = PresetShelf(tmp_path)
    (tmp_path / "bad.toml").write_text("schema = [")
    (tmp_path / "huge.toml").write_bytes(b"#" * (LARGEST + 1))
    (tmp_path / "latin.toml").write_bytes(b"# \xe4")
    for name in ("bad", "huge", "latin"):
        with pytest.raises(SettingsError, match=name):
            shelf.load(name)
    assert (tmp_path / "bad.toml").read_text() == "schema = ["
