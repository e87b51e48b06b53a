from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.cli import app
from bridge.control.preset import Preset
from bridge.control.preset_shelf import PresetShelf
from bridge.settings import HOME, Settings


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PresetShelf:
    monkeypatch.setenv(HOME, str(tmp_path))
    return PresetShelf(tmp_path / "config" / "presets")


def antiphon(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_presets_are_listed_with_the_number_of_their_program_change(shelf: PresetShelf) -> None:
    assert antiphon("presets")[1].startswith("no presets yet")
    for name in ("verse", "chorus"):
        shelf.save(Preset(name, values={"tempo": 97.0}))
    assert antiphon("presets") == (0, "   0  chorus\n   1  verse\n")


def test_a_preset_can_be_shown_and_deleted(shelf: PresetShelf) -> None:
    shelf.save(Preset("verse", values={"tempo": 97.0}))
    assert "tempo = 97.0" in antiphon("presets", "--show", "verse")[1]
    assert antiphon("presets", "--delete", "verse") == (0, "deleted «verse»\n")
    assert antiphon("presets", "--delete", "verse")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "knobs"), [((), {"meter": "4/4"}), (("--tempo", "140"), {"meter": "4/4", "tempo": 140.0})]
)
def test_a_jam_can_begin_with_a_preset_which_only_the_command_line_overrules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], knobs: Mapping[str, object]
) -> None:
    seen: list[Settings] = []

    async def jam(settings: Settings, *_: object) -> None:
        seen.append(settings)

    monkeypatch.setattr("bridge.live.jam", jam)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[knobs]\ntempo = 80\n")
    assert antiphon("jam", "--preset", "verse", *arguments)[0] == 0
    assert (seen[0].preset, seen[0].knobs) == ("verse", knobs)
