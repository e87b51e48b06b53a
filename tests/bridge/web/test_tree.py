from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from bridge.control.parameter import Kind, Value
from bridge.control.parameters import ParameterTable
from bridge.web.tree import ATTRIBUTES, METHODS, Tree

STATUS: dict[str, Value] = {"playing": True, "tempo": 120.0, "bar": 3, "who": "band"}
TAGS = set("ifsTF")


def tree(table: ParameterTable | None = None) -> Tree:
    return Tree(table or ParameterTable(), lambda: STATUS, lambda: ("127.0.0.1", 9270), lambda: ("127.0.0.1", 9272))


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("CONTENTS", {}).values():
        yield from walk(child)


def body(path: str, query: str = "") -> dict[str, Any]:
    answer = tree().answer(path, query)
    assert answer.status == 200
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer.body))
    return plain


def test_a_client_that_browses_from_the_root_finds_every_parameter() -> None:
    found = {node["FULL_PATH"]: node for node in walk(body("/"))}
    for place in ParameterTable():
        node = found[place.address]
        assert node["ACCESS"] == 3
        assert node["DESCRIPTION"] == place.parameter.description


def test_every_node_is_reached_by_its_own_path_and_holds_what_the_proposal_asks_for() -> None:
    whole = body("/")
    assert whole["FULL_PATH"] == "/"
    for node in walk(whole):
        assert set(node) <= ATTRIBUTES | {"CRITICAL"}
        assert "FULL_PATH" in node
        if "CONTENTS" in node:
            assert "VALUE" not in node
            assert node["ACCESS"] == 0
            for name, child in node["CONTENTS"].items():
                assert child["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"
        else:
            count = len(node["TYPE"])
            assert set(node["TYPE"]) <= TAGS
            assert node["ACCESS"] in (1, 2, 3)
            for attribute in ("VALUE", "RANGE", "UNIT", "CLIPMODE"):
                assert len(node.get(attribute, "x" * count)) == count
            assert "VALUE" in node
        assert body(node["FULL_PATH"]) == node


def test_a_range_says_what_a_value_can_be() -> None:
    assert body("/antiphon/tempo")["RANGE"] == [{"MIN": 20.0, "MAX": 300.0}]
    assert body("/antiphon/tempo")["UNIT"] == ["BPM"]
    assert "trade" in body("/antiphon/mode")["RANGE"][0]["VALS"]
    for place in ParameterTable():
        numeric = place.parameter.kind in (Kind.FLOAT, Kind.INT)
        assert ("MIN" in body(place.address).get("RANGE", [{}])[0]) == numeric


def test_one_attribute_can_be_asked_for() -> None:
    assert body("/antiphon/tempo", "VALUE") == {"VALUE": [120.0]}
    assert body("/antiphon/voice/bass/on", "TYPE") == {"TYPE": "T"}
    assert body("/antiphon/status/bar", "VALUE") == {"VALUE": [3]}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/antiphon/nothing", "", 404),
        ("/antiphon/tempo/more", "", 404),
        ("/antiphon/temp", "", 404),
        ("/antiphon/tempo", "COLOUR", 400),
        ("/antiphon/voice", "VALUE", 204),
    ],
)
def test_what_is_not_there_is_said_by_the_status(path: str, query: str, status: int) -> None:
    assert tree().answer(path, query).status == status


def test_the_host_says_where_osc_and_websockets_are_spoken() -> None:
    host = body("/", "HOST_INFO")
    assert (host["OSC_PORT"], host["WS_PORT"], host["OSC_TRANSPORT"]) == (9270, 9272, "UDP")
    assert host["EXTENSIONS"]["LISTEN"]


def test_actions_read_as_at_rest_and_readings_can_only_be_read() -> None:
    for action in METHODS:
        assert body(action.address, "VALUE")["VALUE"] in ([False], [""], [0])
    assert body("/antiphon/status/who")["ACCESS"] == 1
