from itertools import pairwise
from pathlib import Path

import pytest

from bridge.engine.pack import Knob
from bridge.errors import SettingsError
from tests.bridge.control.stage import Stage

KNOBS = tuple(Knob(name, -2.0, 2.0, 0.0, "", "Moves it.") for name in ("mood", "motion", "colour"))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_the_pad_turns_the_packs_first_two_knobs(stage: Stage) -> None:
    assert stage.console.ask("xy") == ("temperature", "density")
    stage.console.pack_knobs.loaded("weaver", KNOBS)
    assert stage.console.ask("xy") == ("mood", "motion")
    stage.console.do("xy", "1.0 0.25")
    stage.settle()
    assert stage.table.get("mood") == pytest.approx(2.0)
    assert stage.table.get("motion") == pytest.approx(-1.0)


def test_the_default_packs_knobs_come_first(stage: Stage) -> None:
    knobs = stage.console.pack_knobs
    knobs.loaded("drummer", (Knob("swing", 0.0, 1.0, 0.0, "", "Late."),))
    knobs.loaded("weaver", KNOBS)
    knobs.default = "weaver"
    assert stage.console.ask("xy") == ("mood", "motion")


def test_the_pad_turns_what_it_is_told_to_by_name(stage: Stage) -> None:
    stage.console.pack_knobs.loaded("weaver", KNOBS)
    stage.table.set("xy_y", "colour")
    stage.table.set("xy_x", "voice/bass/level")
    stage.console.do("xy", "0.5 0.75")
    stage.settle()
    assert stage.table.get("voice/bass/level") == pytest.approx(0.75)
    assert stage.table.get("colour") == pytest.approx(1.0)
    with pytest.raises(SettingsError, match="cannot be «mode»"):
        stage.table.set("xy_x", "mode")


def test_a_knob_that_leaves_leaves_the_pad(stage: Stage) -> None:
    stage.console.pack_knobs.loaded("weaver", KNOBS)
    stage.table.set("xy_x", "colour")
    stage.console.do("xy", "1 1")
    stage.console.pack_knobs.gone("weaver")
    stage.settle()
    assert stage.table.get("xy_x") == "auto"
    assert stage.console.ask("xy") == ("temperature", "density")


def test_the_pad_moves_smoothly_and_is_felt_at_once(stage: Stage) -> None:
    stage.console.pack_knobs.loaded("weaver", KNOBS)
    stage.console.do("xy", "1 0.5")
    way = [float(stage.table.get("mood"))]
    for _ in range(10):
        stage.clock.run(0.02)
        way.append(float(stage.table.get("mood")))
    assert way[0] > 0.5
    assert way == sorted(way)
    assert max(later - earlier for earlier, later in pairwise(way)) < 1.0
    assert way[-1] == pytest.approx(2.0, abs=0.01)


def test_a_place_beyond_the_pad_is_its_edge(stage: Stage) -> None:
    stage.console.do("xy", "-3 7")
    stage.settle()
    assert stage.table.get("temperature") == pytest.approx(0.1)
    assert stage.table.get("density") == pytest.approx(6.0)
