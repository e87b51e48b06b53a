"""OSCQuery's websocket: a client names the addresses that it listens to, and gets OSC packets when they change."""

from collections.abc import Callable, Iterable, Mapping

import msgspec
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.control.parameter import Value
from bridge.control.parameters import Change, ParameterTable
from bridge.osc.address import READINGS, STATUS
from bridge.web.outbox import Outbox
from bridge.web.tree import type_of

WAITING = 512
"""Messages that may wait for one client; of an address only the latest does."""
ATTENTION = 1024
"""Addresses that one client may listen to."""


class Command(msgspec.Struct):
    """What a client sends: `{"COMMAND": "LISTEN", "DATA": "/antiphon/tempo"}`."""

    COMMAND: str
    DATA: object = None


class Listener:
    """One client: what it listens to, and what waits for it."""

    def __init__(self) -> None:
        self.outbox = Outbox(WAITING)
        self.addresses: set[str] = set()


class Listeners:
    """Every client of OSCQuery; while there is none, nothing is done."""

    def __init__(self, table: ParameterTable, status: Callable[[], Mapping[str, Value]]) -> None:
        self._table = table
        self._status = status
        self._clients: set[Listener] = set()
        self._paths: tuple[str, ...] = ()
        self._told: dict[str, Value] = {}
        self._unsubscribe: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._clients)

    def join(self) -> Listener:
        """A client has come."""
        if not self._clients:
            self._paths = self._addresses()
            self._unsubscribe = self._table.subscribe(self._changed)
        client = Listener()
        self._clients.add(client)
        return client

    def leave(self, client: Listener) -> None:
        """A client has gone."""
        self._clients.discard(client)
        if not self._clients and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def command(self, client: Listener, text: str | bytes) -> None:
        """Do what a client says; what is no command of OSCQuery's is not heeded. An address is answered at once."""
        try:
            command = msgspec.json.decode(text, type=Command)
        except msgspec.MsgspecError:
            return
        if not isinstance(command.DATA, str):
            return
        address = command.DATA
        if command.COMMAND == "LISTEN" and len(client.addresses) < ATTENTION:
            value = self._value(address)
            if value is not None:
                client.addresses.add(address)
                client.outbox.put(packet(address, value), address)
        elif command.COMMAND == "IGNORE":
            client.addresses.discard(address)

    def look(self) -> None:
        """Tell what has changed in the status, and which addresses have come or gone; call it a few times a second."""
        if not self._clients:
            return
        self._tell_paths()
        if any(address.startswith(STATUS) for client in self._clients for address in client.addresses):
            status = self._status()
            for reading in READINGS:
                value = status.get(reading.name)
                if value is not None and self._told.get(reading.address) != value:
                    self._told[reading.address] = value
                    self._tell(reading.address, value)

    def _tell_paths(self) -> None:
        before, self._paths = self._paths, self._addresses()
        if before == self._paths:
            return
        gone, come = set(before) - set(self._paths), set(self._paths) - set(before)
        for word, addresses in (("PATH_REMOVED", gone), ("PATH_ADDED", come)):
            for address in sorted(addresses):
                self._announce(word, address)
        for folder in sorted({address.rpartition("/")[0] for address in gone | come}):
            self._announce("PATH_CHANGED", folder)
        for client in self._clients:
            client.addresses -= gone

    def _announce(self, word: str, address: str) -> None:
        message = msgspec.json.encode({"COMMAND": word, "DATA": address}).decode()
        for client in self._clients:
            client.outbox.put(message, (word, address))

    def _changed(self, change: Change) -> None:
        self._tell(change.place.address, change.new)

    def _tell(self, address: str, value: Value) -> None:
        listening: Iterable[Listener] = [client for client in self._clients if address in client.addresses]
        if listening:
            message = packet(address, value)
            for client in listening:
                client.outbox.put(message, address)

    def _value(self, address: str) -> Value | None:
        place = self._table.at(address)
        if place is not None:
            return self._table.get(place.path)
        return self._status().get(address.removeprefix(f"{STATUS}/")) if address.startswith(f"{STATUS}/") else None

    def _addresses(self) -> tuple[str, ...]:
        return tuple(place.address for place in self._table)


def packet(address: str, value: Value) -> bytes:
    """An OSC message with one argument, switches as T or F, which is what the tree says that they are."""
    builder = OscMessageBuilder(address)
    tag = type_of(value)
    builder.add_arg(value, ("T" if value else "F") if tag == "T" else tag)
    datagram: bytes = builder.build().dgram
    return datagram
