"""Asks a running daemon for its status over OSC, without ever waiting long."""

import contextlib
import socket
import time
from collections.abc import Mapping

from bridge.control.parameter import ROOT
from bridge.errors import OscError
from bridge.osc.address import STATUS
from bridge.osc.packet import Argument, Message, read, write

LONGEST = 65_536


class Asker:
    """One line to a daemon's OSC port."""

    def __init__(self, host: str, port: int) -> None:
        self.where = f"{host}:{port}"
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(family, kind)
        self._socket.connect(address)

    def ask(self, patience: float) -> Mapping[str, Argument]:
        """The status by the names of its lines; empty where no answer comes within `patience` seconds."""
        until = time.monotonic() + patience
        told: dict[str, Argument] = {}
        # A port that nobody listens on answers by an error, now or at the next call.
        with contextlib.suppress(OSError):
            self._socket.send(write(Message(STATUS)))
            while (left := until - time.monotonic()) > 0:
                self._socket.settimeout(left)
                with contextlib.suppress(OscError):
                    for message in read(self._socket.recv(LONGEST)):
                        if message.address == STATUS:
                            return told
                        if message.arguments and message.address.startswith(f"{STATUS}/"):
                            told[message.address.removeprefix(f"{STATUS}/")] = message.arguments[0]
        return {}

    def do(self, name: str) -> None:
        """Have an action done; nobody says whether it was."""
        with contextlib.suppress(OSError):
            self._socket.send(write(Message(f"{ROOT}/{name}", (1,))))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
