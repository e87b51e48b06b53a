"""The OSCQuery tree: every parameter, action and status line as JSON, by the addresses that they have in OSC."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from bridge import __version__
from bridge.control.parameter import ROOT, Kind, Value
from bridge.control.parameters import ParameterTable, Place
from bridge.osc.address import ACTIONS, READINGS, STATUS, Action, Reading

FOLDER, READ, BOTH = 0, 1, 3
TYPES: Mapping[Kind, str] = {Kind.FLOAT: "f", Kind.INT: "i", Kind.BOOL: "T"}
"""OSC type tags; everything else is text."""
ATTRIBUTES = frozenset(
    {"FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "VALUE", "RANGE", "DESCRIPTION", "UNIT", "CLIPMODE", "TAGS"}
)
AT_REST: Mapping[str, Value] = {"locate": 0.0, "keep": 0}
"""How actions read whose argument is no text. An action always reads as at rest: there are clients that take a node
without a value for a folder."""
METHODS = tuple(
    action
    for action in ACTIONS
    if not action.query and not any(action.name.startswith(f"{above.name}/") for above in ACTIONS)
)
"""What can be done. A node is a folder or a method: what lies below another action (`learn/cancel`) is left to OSC."""
FOLDERS: Mapping[str, str] = {
    "/": "Antiphon, a live AI bandmate.",
    ROOT: "What can be set, done and asked.",
    STATUS: "What the band tells of itself.",
    f"{ROOT}/voice": "What each voice has of its own.",
}
EXTENSIONS = (
    *("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TAGS", "UNIT", "CLIPMODE", "CRITICAL"),
    *("LISTEN", "PATH_CHANGED", "PATH_ADDED", "PATH_REMOVED"),
)

Node = dict[str, Any]


class Answer(msgspec.Struct, frozen=True):
    """An HTTP status and, where there is one, the JSON that goes with it."""

    status: int
    body: object = None


class Tree:
    """Answers OSCQuery's questions from the table and the status; `osc` says on which host and port OSC listens."""

    def __init__(
        self,
        table: ParameterTable,
        status: Callable[[], Mapping[str, Value]],
        osc: Callable[[], tuple[str, int]],
        web: Callable[[], tuple[str, int]],
    ) -> None:
        self._table = table
        self._status = status
        self._osc = osc
        self._web = web

    def answer(self, path: str, query: str) -> Answer:
        """What there is at a path, or one attribute of it; 404 where there is nothing, 400 for no such attribute."""
        attribute = query.partition("&")[0].partition("=")[0].upper()
        if attribute == "HOST_INFO":
            return Answer(200, self.host_info())
        if attribute and attribute not in ATTRIBUTES:
            return Answer(400)
        node = self.at(unquote(path))
        if node is None:
            return Answer(404)
        if not attribute:
            return Answer(200, node)
        return Answer(200, {attribute: node[attribute]}) if attribute in node else Answer(204)

    def at(self, path: str) -> Node | None:
        """The node at a path, with all that lies below it."""
        full = "/" + path.strip("/")
        below = [leaf for leaf in self._leaves() if _within(leaf["FULL_PATH"], full)]
        if not below:
            return None
        root: Node = {"FULL_PATH": full}
        for leaf in below:
            _graft(root, leaf)
        return root

    def host_info(self) -> dict[str, object]:
        """Who we are, what we can, and where OSC and websockets are spoken."""
        (osc_host, osc_port), (web_host, web_port) = self._osc(), self._web()
        return {
            "NAME": f"Antiphon {__version__}",
            "EXTENSIONS": dict.fromkeys(EXTENSIONS, True),
            "OSC_IP": osc_host,
            "OSC_PORT": osc_port,
            "OSC_TRANSPORT": "UDP",
            "WS_IP": web_host,
            "WS_PORT": web_port,
        }

    def _leaves(self) -> Iterator[Node]:
        values = self._table.snapshot()
        for place in self._table:
            yield _of_place(place, values[place.path])
        for action in METHODS:
            yield _of_action(action)
        status = self._status()
        for reading in READINGS:
            if reading.name in status:
                yield _of_reading(reading, status[reading.name])


def type_of(value: Value) -> str:
    """The OSC type tag of a value."""
    match value:
        case bool():
            return "T"
        case int():
            return "i"
        case float():
            return "f"
        case _:
            return "s"


def _of_place(place: Place, value: Value) -> Node:
    row = place.parameter
    node: Node = {
        "FULL_PATH": place.address,
        "TYPE": TYPES.get(row.kind, "s"),
        "ACCESS": BOTH,
        "VALUE": [value],
        "DESCRIPTION": row.description,
        "TAGS": [row.group],
    }
    if row.kind is Kind.CHOICE:
        node["RANGE"] = [{"VALS": list(row.choices)}]
    elif row.kind in (Kind.FLOAT, Kind.INT):
        whole = round if row.kind is Kind.INT else float
        node["RANGE"] = [{"MIN": whole(row.minimum), "MAX": whole(row.maximum)}]
        node["CLIPMODE"] = ["both"]
        if row.unit:
            node["UNIT"] = [row.unit]
    return node


def _of_action(action: Action) -> Node:
    value = AT_REST.get(action.name, "") if action.argument else False
    return {
        "FULL_PATH": action.address,
        "TYPE": type_of(value),
        "ACCESS": BOTH,
        "VALUE": [value],
        "DESCRIPTION": action.description,
        "TAGS": ["action"],
        "CRITICAL": True,
    }


def _of_reading(reading: Reading, value: Value) -> Node:
    node: Node = {
        "FULL_PATH": reading.address,
        "TYPE": type_of(value),
        "ACCESS": READ,
        "VALUE": [value],
        "DESCRIPTION": reading.description,
        "TAGS": ["status"],
    }
    if reading.unit:
        node["UNIT"] = [reading.unit]
    return node


def _within(path: str, full: str) -> bool:
    return full in ("/", path) or path.startswith(f"{full}/")


def _graft(root: Node, leaf: Node) -> None:
    """Put a leaf in its place below `root`, with the folders on the way there."""
    node, way = root, leaf["FULL_PATH"].removeprefix(root["FULL_PATH"]).strip("/")
    for name in way.split("/") if way else ():
        path = f"{node['FULL_PATH'].rstrip('/')}/{name}"
        if "TYPE" not in node:
            node.setdefault("ACCESS", FOLDER)
            node.setdefault("DESCRIPTION", FOLDERS.get(node["FULL_PATH"], ""))
        node = node.setdefault("CONTENTS", {}).setdefault(name, {"FULL_PATH": path})
    node.update(leaf)
