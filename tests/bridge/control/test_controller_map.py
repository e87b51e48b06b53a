import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.binding import Binding, Button, read_binding
from bridge.control.control import Control, Way
from bridge.control.controller_map import ControllerMap, MapShelf, by_control, read_map
from bridge.control.encoder import Encoder
from bridge.control.takeover import Takeover
from bridge.errors import SettingsError
from tests.bridge.control.test_control import controls

NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30)
BINDINGS = st.builds(
    Binding,
    control=controls(),
    target=st.sampled_from(["tempo", "voice/bass/level", "play", "preset/load/My set"]),
    least=st.none() | st.floats(-100, 100) | st.just("C#"),
    most=st.none() | st.floats(-100, 100) | st.booleans(),
    inverted=st.booleans(),
    encoder=st.none() | st.sampled_from(Encoder),
    step=st.floats(0.001, 1.0),
    button=st.none() | st.sampled_from(Button),
    takeover=st.none() | st.sampled_from(Takeover),
    smoothing_ms=st.floats(0.0, 1000.0),
)
LEVEL = Binding(control=Control(Way.CC, 0, 74), target="voice/bass/level")


@given(st.builds(ControllerMap, NAMES, st.none() | st.sampled_from(Takeover), st.lists(BINDINGS).map(tuple)))
def test_a_map_is_read_as_it_was_written(kept: ControllerMap) -> None:
    assert read_map(kept.text()) == kept


def test_a_map_is_a_file_that_people_can_read() -> None:
    assert ControllerMap("X-TOUCH").bound(LEVEL).text() == (
        'schema = 1\ndevice = "X-TOUCH"\n\n[[bindings]]\ncontrol = "ch 1 cc 74"\ntarget = "voice/bass/level"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "schema = 9",
        "schema = 1",
        'schema = 1\ndevice = "x"\nbindings = 3',
        "x" * 9,
        "schema = 1\nbindings = [{a = 1}]",
    ],
)
def test_what_is_no_map_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        read_map(text)


@pytest.mark.parametrize(
    "said", [{"step": 0.0}, {"step": math.nan}, {"smoothing_ms": -1}, {"colour": "red"}, {"encoder": "quadrature"}]
)
def test_a_binding_that_cannot_be_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        read_binding({"control": "ch 1 cc 1", "target": "tempo", **said})


def test_a_map_survives_the_device_being_plugged_in_again(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path, print)
    shelf.keep(shelf.of("Launch Control XL:Launch Control XL MIDI 1 24:0").bound(LEVEL))
    again = MapShelf(tmp_path, print)
    assert again.of("Launch Control XL:Launch Control XL MIDI 1 32:0").bindings == (LEVEL,)
    assert again.of("X-TOUCH").bindings == ()


def test_two_devices_of_like_names_have_files_of_their_own(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path, print)
    for device in ("A!B", "A?B"):
        shelf.keep(ControllerMap(device).bound(LEVEL))
    assert len(list(tmp_path.glob("*.toml"))) >= 1
    assert {MapShelf(tmp_path, print).of(device).device for device in ("A!B", "A?B")} <= {"A!B", "A?B"}


def test_a_damaged_map_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("schema = [")
    told: list[str] = []
    assert MapShelf(tmp_path, told.append).of("X").bindings == ()
    assert "bad.toml is not used" in told[0]
    assert (tmp_path / "bad.toml").read_text() == "schema = ["


def test_a_control_is_bound_to_a_target_once() -> None:
    twice = ControllerMap("X").bound(LEVEL).bound(LEVEL)
    assert twice.bindings == (LEVEL,)
    assert twice.without("voice/bass/level").bindings == ()
    assert by_control([twice])[LEVEL.control][0][1] is twice.bindings[0]
