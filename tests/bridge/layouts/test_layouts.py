import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bridge.control.parameter import Kind
from bridge.control.parameters import ParameterTable
from bridge.errors import SettingsError
from bridge.layouts.command import OPEN_STAGE, TOUCH_OSC, layouts
from bridge.layouts.open_stage import session
from bridge.layouts.sheet import BUTTONS, sheet
from bridge.layouts.touch_osc import ALL, layout
from bridge.osc.address import AddressSpace
from bridge.settings import Osc

TABLE = ParameterTable()
PLACES = [place for place in TABLE if place.parameter.kind is not Kind.CHART]


def widgets(widget: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield widget
    for inner in (*widget.get("widgets", ()), *widget.get("tabs", ())):
        yield from widgets(inner)


def touch() -> ElementTree.Element:
    return ElementTree.fromstring(zlib.decompress(layout(sheet(TABLE))))


def test_every_parameter_has_one_cell_of_its_own() -> None:
    for leaf in sheet(TABLE):
        spots = {(cell.column, cell.row) for cell in leaf.cells}
        assert len(spots) == len(leaf.cells)
        assert all(column < leaf.columns and row < leaf.rows for column, row in spots)
    paths = [cell.place.path for leaf in sheet(TABLE) for cell in leaf.cells]
    assert sorted(paths) == sorted(place.path for place in PLACES)


def test_open_stage_control_gets_every_parameter_with_its_range_and_every_id_once() -> None:
    content = json.loads(session(sheet(TABLE), "127.0.0.1", 9270))
    assert content["type"] == "session"
    every = list(widgets(content["content"]))
    by_address = {widget["address"]: widget for widget in every if "address" in widget}
    assert len({widget["id"] for widget in every}) == len(every)
    for place in PLACES:
        widget = by_address[place.address]
        assert widget["target"] == ["127.0.0.1:9270"]
        if widget["type"] == "knob":
            assert widget["range"] == {"min": place.parameter.minimum, "max": place.parameter.maximum}


def test_touch_osc_gets_xml_with_every_address_and_ids_that_are_unique() -> None:
    root = touch()
    constants = {
        partial.findtext("value") for partial in root.iter("partial") if partial.findtext("type") == "CONSTANT"
    }
    assert {place.address for place in PLACES} <= constants
    ids = [node.get("ID") for node in root.iter("node")]
    assert len(set(ids)) == len(ids)
    assert all(osc.findtext("connections") == ALL for osc in root.iter("osc"))


def test_touch_osc_sends_values_in_their_natural_units() -> None:
    for osc in touch().iter("osc"):
        place = TABLE.at(osc.findtext("path/partial/value") or "")
        if place is not None and place.parameter.kind in (Kind.FLOAT, Kind.INT):
            low, high = (float(osc.findtext(f"arguments/partial/{end}") or "nan") for end in ("scaleMin", "scaleMax"))
            assert low == pytest.approx(place.parameter.minimum)
            assert high == pytest.approx(place.parameter.maximum, rel=1e-5)


def test_every_address_of_a_layout_is_one_that_the_daemon_knows() -> None:
    space = AddressSpace(TABLE)
    for partial in touch().iter("partial"):
        if partial.findtext("type") == "CONSTANT":
            assert space.find(partial.findtext("value") or "") is not None
    assert all(space.find(f"/antiphon/{name}") for name in BUTTONS)


def test_the_same_table_gives_the_same_files() -> None:
    assert layout(sheet(TABLE)) == layout(sheet(ParameterTable()))


def test_the_files_are_written_and_a_folder_that_cannot_be_is_explained(tmp_path: Path) -> None:
    told = layouts(tmp_path / "new", Osc())
    assert {path.name for path in (tmp_path / "new").iterdir()} == {OPEN_STAGE, TOUCH_OSC}
    assert "9270" in told
    with pytest.raises(SettingsError, match="cannot be written"):
        layouts(tmp_path / "new" / TOUCH_OSC, Osc())
