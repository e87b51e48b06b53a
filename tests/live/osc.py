"""The daemon's OSC surface, as a program outside sees it."""

import socket

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder


class Osc:
    """Asks and tells the daemon by OSC."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(2.0)

    def tell(self, address: str, *values: str | float) -> None:
        """Send a message to `/antiphon/ADDRESS`."""
        builder = OscMessageBuilder(f"/antiphon/{address}")
        for value in values:
            builder.add_arg(value)
        self._socket.sendto(builder.build().dgram, self._to)

    def ask(self, address: str) -> object:
        """The first value of the answer."""
        return self.ask_all(address)[0]

    def ask_all(self, address: str) -> list[object]:
        """All values of the answer."""
        self.tell(address)
        while True:
            message = OscMessage(self._socket.recv(65536))
            if message.address == f"/antiphon/{address}":
                return list(message.params)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
