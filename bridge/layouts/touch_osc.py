"""A TouchOSC layout (.tosc): XML, compressed by zlib."""

import uuid
import zlib
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from bridge.control.parameter import ROOT, Kind
from bridge.control.parameters import Place
from bridge.layouts.sheet import BUTTONS, Cell, Leaf

WIDTH, HEIGHT = 1024, 768
TAB, TOP = 44, 64
"""Pixels of a pager's tabs, and of the row of actions above it."""
AMBER, TEAL, RED, GREY = (1.0, 0.71, 0.33), (0.35, 0.82, 0.75), (0.8, 0.18, 0.22), (0.35, 0.39, 0.46)
ALL = "1111111111"
"""Every connection that TouchOSC has."""

Colour = tuple[float, float, float]
Frame = tuple[float, float, float, float]


def layout(leaves: tuple[Leaf, ...]) -> bytes:
    """The layout's file. Where it is sent to is set in TouchOSC, under Connections: UDP, our address and port."""
    root = ElementTree.Element("lexml", version="5")
    whole = _node(root, "GROUP", "antiphon", (0, 0, WIDTH, HEIGHT), GREY)
    inside = ElementTree.SubElement(whole, "children")
    for index, name in enumerate(BUTTONS):
        _action(inside, name, index)
    pager = _node(inside, "PAGER", "pages", (0, TOP, WIDTH, HEIGHT - TOP), GREY, [("i", "tabbarSize", TAB)])
    pages = ElementTree.SubElement(pager, "children")
    for leaf in leaves:
        _page(pages, leaf)
    return zlib.compress(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _page(pages: ElementTree.Element, leaf: Leaf) -> None:
    width, height = WIDTH, HEIGHT - TOP - TAB
    page = _node(pages, "GROUP", leaf.title, (0, TAB, width, height), GREY, [("s", "tabLabel", leaf.title)])
    inside = ElementTree.SubElement(page, "children")
    cell_width, cell_height = width / leaf.columns, min(height / leaf.rows, 220)
    for cell in leaf.cells:
        left, top = cell.column * cell_width, cell.row * cell_height
        _control(inside, cell, (left + 10, top + 8, cell_width - 20, cell_height - 44))
        _label(inside, cell, (left + 2, top + cell_height - 34, cell_width - 4, 28))


def _control(inside: ElementTree.Element, cell: Cell, frame: Frame) -> None:
    place, row = cell.place, cell.place.parameter
    match row.kind:
        case Kind.BOOL:
            own = [("i", "buttonType", 2)]
            _sends(_node(inside, "BUTTON", place.path, frame, AMBER, own), "x", place.address, "FLOAT", 0.0, 1.0, 0.0)
        case Kind.CHOICE:
            last = len(row.choices) - 1
            own = [("i", "steps", len(row.choices)), ("b", "gridSteps", 1)]
            node = _node(inside, "RADIAL", place.path, frame, TEAL, own)
            _sends(node, "x", place.address, "INTEGER", 0.0, float(last), _first(place))
        case _:
            kind = "INTEGER" if row.kind is Kind.INT else "FLOAT"
            node = _node(inside, "RADIAL", place.path, frame, TEAL)
            _sends(node, "x", place.address, kind, row.minimum, row.maximum, _first(place))


def _first(place: Place) -> float:
    """Where a control stands before it is told anything: at the value's part of the range."""
    row = place.parameter
    if row.kind is Kind.CHOICE:
        return row.choices.index(str(row.default)) / max(len(row.choices) - 1, 1)
    return (float(row.default) - row.minimum) / (row.maximum - row.minimum)


def _label(inside: ElementTree.Element, cell: Cell, frame: Frame) -> None:
    node = _node(
        inside, "LABEL", f"{cell.place.path} label", frame, GREY, [("i", "textSize", 14), ("b", "background", 0)]
    )
    values = ElementTree.SubElement(node, "values")
    unit = cell.place.parameter.unit
    _value(values, "text", f"{cell.title} ({unit})" if unit else cell.title)


def _action(inside: ElementTree.Element, name: str, index: int) -> None:
    frame = (8.0 + index * 160, 8.0, 150.0, TOP - 16.0)
    node = _node(inside, "BUTTON", name, frame, RED if name == "panic" else AMBER, [("i", "buttonType", 0)])
    _sends(node, "x", f"{ROOT}/{name}", "FLOAT", 0.0, 1.0, 0.0)
    label = _node(inside, "LABEL", f"{name} label", frame, GREY, [("b", "background", 0), ("b", "interactive", 0)])
    _value(ElementTree.SubElement(label, "values"), "text", name)


def _node(
    parent: ElementTree.Element,
    type: str,
    name: str,
    frame: Frame,
    colour: Colour,
    own: Iterable[tuple[str, str, object]] = (),
) -> ElementTree.Element:
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"antiphon:{name}:{type}:{frame}"))  # the same file from the same table
    node = ElementTree.SubElement(parent, "node", ID=id, type=type)
    properties = ElementTree.SubElement(node, "properties")
    _property(properties, "s", "name", name)
    for kind, key, value in own:
        _property(properties, kind, key, value)
    _parts(_property(properties, "r", "frame"), "xywh", [str(round(part)) for part in frame])
    _parts(_property(properties, "c", "color"), "rgba", [f"{part:g}" for part in (*colour, 1.0)])
    return node


def _property(properties: ElementTree.Element, kind: str, key: str, value: object = None) -> ElementTree.Element:
    element = ElementTree.SubElement(properties, "property", type=kind)
    ElementTree.SubElement(element, "key").text = key
    inside = ElementTree.SubElement(element, "value")
    inside.text = None if value is None else str(value)
    return inside


def _parts(element: ElementTree.Element, names: str, values: Sequence[str]) -> None:
    for name, value in zip(names, values, strict=True):
        ElementTree.SubElement(element, name).text = value


def _value(values: ElementTree.Element, key: str, default: str) -> None:
    value = ElementTree.SubElement(values, "value")
    for name, text in (("key", key), ("locked", "0"), ("lockedDefaultCurrent", "0"), ("default", default)):
        ElementTree.SubElement(value, name).text = text
    ElementTree.SubElement(value, "defaultPull").text = "0"


def _sends(
    node: ElementTree.Element, value: str, address: str, kind: str, low: float, high: float, first: float
) -> None:
    """A message to an address, of a control's value spread over a range; it hears the same message, too."""
    _value(ElementTree.SubElement(node, "values"), value, f"{first:g}")
    osc = ElementTree.SubElement(ElementTree.SubElement(node, "messages"), "osc")
    heads = {"enabled": 1, "send": 1, "receive": 1, "feedback": 0, "noDuplicates": 0, "connections": ALL}
    for name, flag in heads.items():
        ElementTree.SubElement(osc, name).text = str(flag)
    trigger = ElementTree.SubElement(ElementTree.SubElement(osc, "triggers"), "trigger")
    ElementTree.SubElement(trigger, "var").text = value
    ElementTree.SubElement(trigger, "condition").text = "ANY"
    _partial(ElementTree.SubElement(osc, "path"), "CONSTANT", "STRING", address, 0, 1)
    _partial(ElementTree.SubElement(osc, "arguments"), "VALUE", kind, value, low, high)


def _partial(parent: ElementTree.Element, type: str, conversion: str, value: str, low: float, high: float) -> None:
    partial = ElementTree.SubElement(parent, "partial")
    parts = (("type", type), ("conversion", conversion), ("value", value), ("scaleMin", low), ("scaleMax", high))
    for name, part in parts:
        ElementTree.SubElement(partial, name).text = part if isinstance(part, str) else f"{part:g}"
