"""The built-in ports, for a machine without a MIDI system and for the offline clock."""

import time
from collections.abc import Callable

from bridge.midi.inlet import Inlet
from bridge.midi.ports import GUEST, IN, Connections, Deliver, PortNews, Written, connect_all

Listener = Callable[[float, bytes], None]
"""Is told the time (seconds of the ports' `now`) and the message."""


class LoopbackPorts:
    """Ports inside this process: `guest` is wired to `in`, any out can be listened to; `now` is its clock."""

    system = "loopback"
    horizon = 0.0
    detour = 0.0

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._inlets: dict[str, Inlet] = {}
        self._cables: dict[str, list[str]] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._deliver: Deliver | None = None

    def now(self) -> float:
        """Seconds of the injected clock."""
        return self._now()

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        """Make the ports."""
        self._deliver = deliver
        self._inlets = {port: Inlet(port, deliver) for port in ins}
        self._cables = {port: [] for port in outs}
        if GUEST in outs and IN in ins:
            self._cables[GUEST].append(IN)

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        """Write `data` now, to whatever listens to this port."""
        deliver, now = self._deliver, self._now()
        if deliver is None:
            return
        if port not in self._cables:
            deliver(PortNews(port, "complaint", f"no out port is called {port}; a message to it was lost"))
            if token >= 0:
                deliver(Written(token, 0.0, lost=True))
            return
        for listener in self._listeners.get(port, ()):
            listener(now, data)
        for inward in self._cables[port]:
            self._inlets[inward].take(now, data)
        if token >= 0:
            deliver(Written(token, max(0.0, now - due)))

    def listen(self, port: str, listener: Listener) -> None:
        """Tell `listener` of every message written to an out port; also before the ports are open."""
        self._listeners.setdefault(port, []).append(listener)

    def arrive(self, port: str, data: bytes) -> None:
        """Let bytes come in on one of our in ports, as from outside."""
        self._inlets[port].take(self._now(), data)

    def poll(self) -> None:
        """Nothing vanishes here."""

    def connections(self) -> dict[str, tuple[str, ...]]:
        """Our out port -> our in ports it is wired to."""
        return {port: tuple(inward) for port, inward in self._cables.items() if port != GUEST}

    def connect(self, port: str, other: str) -> bool:
        """Wire an out port to an in port of ours; True when it now is."""
        if port not in self._cables or other not in self._inlets:
            return False
        if other not in self._cables[port]:
            self._cables[port].append(other)
        return True

    def restore(self, connections: Connections) -> None:
        """Wire our ports as they were."""
        if self._deliver is not None:
            connect_all(self, connections, self._deliver)

    def close(self) -> None:
        """Take the ports away."""
        self._deliver = None
        self._inlets, self._cables = {}, {}
