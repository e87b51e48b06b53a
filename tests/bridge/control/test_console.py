from pathlib import Path

import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.control.console import is_music
from bridge.control.control import Control, Way
from bridge.control.preset import Preset
from bridge.errors import SettingsError
from bridge.wire.protocol import Input, Plugged
from tests.bridge.control.stage import Stage

ROLLING = TempoMap(epoch=1, bpm=120.0, playing=True)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_preset_is_saved_and_loaded_by_name(stage: Stage, tmp_path: Path) -> None:
    stage.table.set("temperature", 1.7)
    stage.console.do("snapshot/A/store")
    stage.console.do("preset/save", "verse")
    stage.table.set("temperature", 0.3)
    again = Stage(tmp_path)
    again.console.do("preset/load", "verse")
    assert again.table.get("temperature") == 1.7
    assert again.console.ask("presets") == ("verse",)
    assert again.console.ask("snapshots") == ("A",)
    assert again.console.ask("preset/load") == ("verse",)
    assert again.told == []
    again.console.do("preset/delete", "verse")
    assert again.console.ask("presets") == ()


def test_a_recall_takes_hold_at_the_next_bar(stage: Stage) -> None:
    stage.console.do("snapshot/A/store")
    stage.table.set("density", 3)
    stage.beat, stage.map = 5.0, ROLLING
    stage.console.do("snapshot/A/recall")
    stage.console.step(0.04)
    assert stage.table.get("density") == 3.0
    stage.beat = 7.95
    stage.console.step(0.04)
    assert stage.table.get("density") == 0.0


def test_a_recall_is_taken_back_in_one(stage: Stage) -> None:
    stage.console.do("snapshot/A/store")
    stage.table.set("density", 3, source="osc")
    stage.clock.run(1.0)
    stage.table.set("mode", "trade", source="osc")
    before = stage.table.snapshot()
    stage.clock.run(1.0)
    stage.console.do("snapshot/A/recall")
    stage.console.do("undo")
    assert stage.table.snapshot() == before
    stage.console.do("redo")
    assert stage.table.get("mode") == "continue"


def test_what_a_preset_holds_that_is_not_here_is_told_and_the_rest_holds(stage: Stage) -> None:
    stage.console.shelf.save(Preset("odd", values={"glow": 1, "tempo": 97, "mode": "polka"}))
    stage.console.do("preset/load", "odd")
    assert stage.table.get("tempo") == 97.0
    assert len(stage.told) == 2


def test_a_program_change_loads_a_preset_by_its_number(stage: Stage) -> None:
    for number, name in enumerate(("a", "b")):
        stage.console.shelf.save(Preset(name, values={"tempo": 100 + number}))
    stage.turn(Control(Way.PROGRAM, 0, 1), 127)
    assert stage.table.get("tempo") == 101.0
    stage.turn(Control(Way.PROGRAM, 0, 9), 127)
    stage.turn(Control(Way.PROGRAM, 0, 0), 127, port="in")
    assert stage.table.get("tempo") == 101.0


def test_a_button_can_recall_and_says_what_is_in_the_way(stage: Stage) -> None:
    stage.console.do("learn", "snapshot/B/recall")
    pad = Control(Way.NOTE, 0, 36)
    stage.turn(pad, 100, 0, 100, 0)
    assert any("snapshot B is empty" in line for line in stage.told)


def test_a_fader_can_morph(stage: Stage) -> None:
    stage.console.do("snapshot/A/store")
    stage.table.set("tempo", 220)
    stage.console.do("snapshot/B/store")
    stage.console.do("learn", "morph")
    fader = Control(Way.CC, 0, 1)
    stage.turn(fader, 30, 20, 10, 5, 0, *range(4, 64, 5))
    stage.settle()
    assert stage.table.get("tempo") == pytest.approx(120 + 100 * 59 / 127, abs=0.5)
    assert stage.console.ask("bindings") == ("ch 1 cc 1: morph",)
    stage.console.do("unlearn", "morph")
    assert stage.console.ask("bindings") == ()


@pytest.mark.parametrize("name", ["nothing", "learn", "preset/load"])
def test_what_there_is_not_to_do_is_refused(stage: Stage, name: str) -> None:
    with pytest.raises(SettingsError, match="nothing to do"):
        stage.console.do(name)


def test_a_preset_to_begin_with_gives_way_to_what_was_asked_for(stage: Stage) -> None:
    stage.console.shelf.save(Preset("set", values={"tempo": 97, "density": 2}))
    stage.console.open("set", {"tempo": 140})
    assert (stage.table.get("tempo"), stage.table.get("density")) == (140.0, 2.0)
    with pytest.raises(SettingsError, match="no preset «none»"):
        stage.console.open("none", {})


@pytest.mark.parametrize(
    ("port", "data", "music"),
    [
        ("in", b"\x90\x3c\x40", True),
        ("in", b"\xb0\x40\x7f", True),
        ("in", b"\xb0\x7b\x00", True),
        ("control", b"\xb0\x7b\x00", True),
        ("in", b"\xb0\x01\x40", False),
        ("in", b"\xe0\x00\x40", False),
        ("control", b"\x90\x3c\x40", False),
        ("control", b"\xb0\x40\x7f", False),
    ],
)
def test_what_is_music_and_what_is_a_gesture(stage: Stage, port: str, data: bytes, music: bool) -> None:
    assert is_music(port, data) is music
    assert stage.console.hears(Input(1, 0.0, port, data)) is not music
    assert stage.console.hears(Plugged({"control": ("X",)}))
