"""Ports that write at once, made to write on time: handed a message a moment early, they watch the clock for it."""

from bridge.midi.ports import Ports

PREPARED = 0.00025
"""Seconds before its due time at which a message is handed over: what making it up takes, cold, with some to spare."""
PATIENCE = 0.005
"""Seconds that are watched at most; a message that is due later is written before its time."""


def punctual(ports: Ports) -> Ports:
    """Ports that write on time: those that take messages early as they are, the others with a watch over them."""
    return ports if ports.horizon else PunctualPorts(ports)


class PunctualPorts:
    """The same ports with a horizon of `PREPARED`: `send` returns when the message was written, at its due time.

    For ports in real time only: on a clock that stands still while nobody moves it, the watching would never end.
    """

    horizon = PREPARED

    def __init__(self, inner: Ports) -> None:
        self._inner = inner
        self.now = inner.now
        self.open = inner.open
        self.poll = inner.poll
        self.connections = inner.connections
        self.connect = inner.connect
        self.restore = inner.restore
        self.close = inner.close

    @property
    def system(self) -> str:
        """The system of the ports within."""
        return self._inner.system

    @property
    def detour(self) -> float:
        """The detour of the ports within."""
        return self._inner.detour

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        """Write `data` at `due`, at once where that is past."""
        now = self._inner.now
        until = min(due, now() + PATIENCE)
        while now() < until:
            pass
        self._inner.send(port, due, data, token)
