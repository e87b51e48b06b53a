"""An Open Stage Control session: JSON of nested widgets."""

from typing import Any

import msgspec

from bridge.control.parameter import ROOT, Curve, Kind
from bridge.control.parameters import Place
from bridge.layouts.sheet import BUTTONS, Cell, Leaf

WIDTH, HEIGHT = 1000, 620
CELL_WIDTH, CELL_HEIGHT, TOP = 150, 140, 70
VERSION = "1.29.0"

Widget = dict[str, Any]


def session(leaves: tuple[Leaf, ...], host: str, port: int) -> bytes:
    """The session's file; its widgets send to `host`:`port`."""
    target = [f"{host}:{port}"]
    tabs = [_tab(leaf, target) for leaf in leaves]
    buttons = [_button(name, index, target) for index, name in enumerate(BUTTONS)]
    panel = _widget("panel", "pages", left=0, top=TOP, width="100%", height=f"calc(100% - {TOP}rem)", tabs=tabs)
    root = _widget("root", "root", width="100%", height="100%", widgets=[*buttons, panel], tabs=[])
    return msgspec.json.format(
        msgspec.json.encode({"version": VERSION, "createdWith": "Antiphon", "type": "session", "content": root}),
        indent=1,
    )


def _tab(leaf: Leaf, target: list[str]) -> Widget:
    inside = [widget for cell in leaf.cells for widget in _control(cell, target)]
    return _widget("tab", leaf.title, label=leaf.title, widgets=inside, tabs=[])


def _control(cell: Cell, target: list[str]) -> list[Widget]:
    place, row = cell.place, cell.place.parameter
    left, top = 10 + cell.column * CELL_WIDTH, 10 + cell.row * CELL_HEIGHT
    id = place.path.replace("/", "_")
    spot = {"left": left, "top": top, "width": CELL_WIDTH - 14, "height": CELL_HEIGHT - 42}
    common = {"address": place.address, "target": target, "default": row.default, "comments": row.description}
    text = _widget("text", f"{id}_label", left=left, top=top + CELL_HEIGHT - 38, width=spot["width"], height=26)
    text |= {"value": f"{cell.title} ({row.unit})" if row.unit else cell.title, "interaction": False}
    return [_widget(_kind(place), id, **spot, **(common | _own(place))), text]


def _kind(place: Place) -> str:
    return {Kind.BOOL: "button", Kind.CHOICE: "dropdown"}.get(place.parameter.kind, "knob")


def _own(place: Place) -> Widget:
    row = place.parameter
    match row.kind:
        case Kind.BOOL:
            return {
                "mode": "toggle",
                "on": 1,
                "off": 0,
                "typeTags": "i",
                "label": row.name,
                "default": int(bool(row.default)),
            }
        case Kind.CHOICE:
            return {"values": {name: name for name in row.choices}, "typeTags": "s"}
        case _:
            return {
                "range": {"min": row.minimum, "max": row.maximum},
                "typeTags": "i" if row.kind is Kind.INT else "f",
                "decimals": 0 if row.kind is Kind.INT else 2,
                "doubleTap": True,
                "logScale": row.curve is Curve.EXPONENTIAL,
            }


def _button(name: str, index: int, target: list[str]) -> Widget:
    spot = {"left": 10 + index * 130, "top": 10, "width": 120, "height": 50}
    colour = {"colorWidget": "#cc2f37"} if name == "panic" else {}
    own = {"mode": "tap", "on": 1, "off": 0, "typeTags": "i", "label": name, "address": f"{ROOT}/{name}"}
    return _widget("button", name, target=target, **spot, **own, **colour)


def _widget(type: str, id: str, **rest: Any) -> Widget:
    return {"type": type, "id": id, **rest}
