import msgspec

from bridge.control.parameter import Kind, Parameter, Value
from bridge.control.parameters import ParameterTable
from bridge.web.listeners import ATTENTION, Listener, Listeners, packet

SWING = Parameter(name="lilt", kind=Kind.FLOAT, default=0.5, description="Late offbeats.", group="a pack")


class Room:
    """Listeners around a table, and what waits for the one client."""

    def __init__(self) -> None:
        self.table = ParameterTable()
        self.status: dict[str, Value] = {"bar": 1}
        self.listeners = Listeners(self.table, lambda: self.status)
        self.client = self.listeners.join()

    def say(self, command: str, data: object) -> None:
        self.listeners.command(self.client, msgspec.json.encode({"COMMAND": command, "DATA": data}))

    def waiting(self) -> list[str | bytes]:
        return list(self.client.outbox._messages.values())

    def forget(self) -> None:
        self.client.outbox = Listener().outbox


def test_a_client_hears_of_what_it_listens_to_at_once_and_at_every_change() -> None:
    room = Room()
    room.say("LISTEN", "/antiphon/tempo")
    assert room.waiting() == [packet("/antiphon/tempo", 120.0)]
    room.table.set("tempo", 90)
    room.table.set("seed", 7)
    assert room.waiting() == [packet("/antiphon/tempo", 90.0)]


def test_a_client_that_ignores_an_address_hears_no_more_of_it() -> None:
    room = Room()
    room.say("LISTEN", "/antiphon/tempo")
    room.say("IGNORE", "/antiphon/tempo")
    room.forget()
    room.table.set("tempo", 90)
    assert not room.waiting()


def test_switches_are_sent_as_what_the_tree_says_they_are() -> None:
    assert packet("/a", True) == b"/a\0\0,T\0\0"
    assert packet("/a", False) == b"/a\0\0,F\0\0"


def test_the_status_can_be_listened_to() -> None:
    room = Room()
    room.say("LISTEN", "/antiphon/status/bar")
    room.listeners.look()
    room.forget()
    room.listeners.look()
    assert not room.waiting()
    room.status["bar"] = 2
    room.listeners.look()
    assert room.waiting() == [packet("/antiphon/status/bar", 2)]


def test_when_a_pack_brings_knobs_clients_are_told_and_when_it_takes_them_away() -> None:
    room = Room()
    room.table.join([SWING])
    room.listeners.look()
    told = [msgspec.json.decode(message) for message in room.waiting()]
    assert {"COMMAND": "PATH_ADDED", "DATA": "/antiphon/lilt"} in told
    assert {"COMMAND": "PATH_CHANGED", "DATA": "/antiphon"} in told
    room.say("LISTEN", "/antiphon/lilt")
    room.forget()
    room.table.leave(["lilt"])
    room.listeners.look()
    told = [msgspec.json.decode(message) for message in room.waiting()]
    assert {"COMMAND": "PATH_REMOVED", "DATA": "/antiphon/lilt"} in told
    assert not room.client.addresses


def test_nonsense_is_not_heeded() -> None:
    room = Room()
    for text in (
        "",
        "{}",
        "[1]",
        '{"COMMAND": "LISTEN"}',
        '{"COMMAND": "LISTEN", "DATA": "/nowhere"}',
        "\x00",
        b"\xff",
    ):
        room.listeners.command(room.client, text)
    for number in range(2 * ATTENTION):
        room.say("LISTEN", f"/antiphon/{number}")
    assert not room.client.addresses
    assert not room.waiting()


def test_with_the_last_client_gone_the_table_is_left_alone() -> None:
    room = Room()
    room.listeners.leave(room.client)
    room.table.set("tempo", 90)
    assert not room.table._listeners
