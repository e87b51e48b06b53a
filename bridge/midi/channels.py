"""Several voices through one port, a channel each."""

from collections.abc import Mapping

import msgspec

from bridge.midi.ports import Arrival, Connections, Deliver, PortNews, Ports, Written


class Route(msgspec.Struct, frozen=True):
    """Where a voice plays: a real out port and a channel, 0-15."""

    port: str
    channel: int


class ChannelPorts:
    """Ports whose routed outs share real ports; everything else passes as it is.

    To the rest of the wire each voice still has a port of its own: ledger and player know nothing of this.
    """

    def __init__(self, inner: Ports, routes: Mapping[str, Route]) -> None:
        self._inner = inner
        self._routes = dict(routes)
        self._deliver: Deliver | None = None

    @property
    def system(self) -> str:
        """The real ports' system."""
        return self._inner.system

    @property
    def horizon(self) -> float:
        """The real ports' horizon in seconds."""
        return self._inner.horizon

    @property
    def detour(self) -> float:
        """The real ports' detour in seconds."""
        return self._inner.detour

    def now(self) -> float:
        """Seconds of the real ports' timebase."""
        return self._inner.now()

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        """Open each real port once. Raises PortError."""
        self._deliver = deliver
        real = dict.fromkeys(self._routes[out].port if out in self._routes else out for out in outs)
        self._inner.open(ins, tuple(real), self._pass_on)

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        """Write `data` on the voice's channel of its real port at `due`."""
        route = self._routes.get(port)
        if route is None:
            self._inner.send(port, due, data, token)
            return
        if data[0] < 0xF0:
            data = bytes((data[0] & 0xF0 | route.channel,)) + data[1:]
        self._inner.send(route.port, due, data, token)

    def poll(self) -> None:
        """Look for vanished and returned ports."""
        self._inner.poll()

    def connections(self) -> dict[str, tuple[str, ...]]:
        """Real port -> the other ends it is connected to."""
        return self._inner.connections()

    def connect(self, port: str, other: str) -> bool:
        """Connect a real port, or the one that a voice plays through; True when it now is."""
        route = self._routes.get(port)
        return self._inner.connect(route.port if route else port, other)

    def restore(self, connections: Connections) -> None:
        """Connect the real ports as they were."""
        self._inner.restore(connections)

    def close(self) -> None:
        """Close every real port."""
        self._inner.close()

    def _pass_on(self, event: Arrival | Written | PortNews) -> None:
        """Deliver; news of a shared port is news to each voice on it."""
        deliver = self._deliver
        if deliver is None:
            return
        if not isinstance(event, PortNews):
            deliver(event)
            return
        voices = [voice for voice, route in self._routes.items() if route.port == event.port]
        for voice in voices or (event.port,):
            deliver(PortNews(voice, event.what, event.detail))
