import msgspec

from bridge.control.parameter import Kind, Parameter
from bridge.control.parameters import RESERVED, ParameterTable, Place
from bridge.health.status import Status
from bridge.osc.address import ACTIONS, READINGS, Action, AddressSpace, Reading


def test_everything_in_the_table_has_an_address() -> None:
    table = ParameterTable()
    space = AddressSpace(table)
    for place in table:
        assert space.find(place.address) == place
    assert isinstance(space.find("/antiphon/voice/drums/on"), Place)


def test_actions_and_readings_are_found() -> None:
    space = AddressSpace(ParameterTable())
    assert isinstance(space.find("/antiphon/panic"), Action)
    assert isinstance(space.find("/antiphon/status/hit_rate"), Reading)
    assert space.find("/antiphon") is None


def test_no_parameter_can_take_an_actions_address() -> None:
    assert {action.name for action in ACTIONS} <= RESERVED


def test_everything_the_daemon_tells_of_itself_has_an_address() -> None:
    assert [row.name for row in READINGS] == [field.name for field in msgspec.structs.fields(Status)]


def test_every_address_is_documented_once() -> None:
    rows = list(AddressSpace(ParameterTable()).rows())
    assert len({row.address for row in rows}) == len(rows)
    assert all(row.description.endswith(".") for row in rows)


def test_a_packs_knob_has_an_address_while_the_pack_is_there() -> None:
    table = ParameterTable()
    space = AddressSpace(table)
    table.join([Parameter(name="lilt", kind=Kind.FLOAT, default=0.0, description="Swings.", group="pack")])
    assert space.find("/antiphon/lilt") is not None
    table.leave(["lilt"])
    assert space.find("/antiphon/lilt") is None


def test_a_slip_of_the_finger_finds_the_nearest_address() -> None:
    space = AddressSpace(ParameterTable())
    assert space.nearest("/antiphon/temperatur") == "/antiphon/temperature"
    assert space.nearest("/xyzzy") == ""
