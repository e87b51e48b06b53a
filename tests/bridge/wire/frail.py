"""Ports that a test can take away, and ports that write only when their time has come."""

from collections.abc import Callable

from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import Deliver, PortNews, Written


class FrailPorts(LoopbackPorts):
    """A loopback whose out ports can lose what they lead to, and find it again."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now)
        self._away: set[str] = set()
        self._told: Deliver = lambda _: None

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        self._told = deliver
        super().open(ins, outs, deliver)

    def unplug(self, port: str, noticed: bool = True) -> None:
        """Nothing takes what is written; an unnoticed one counts as written all the same."""
        if noticed:
            self._away.add(port)
        self._told(PortNews(port, "lost", "synth"))

    def plug(self, port: str) -> None:
        self._away.discard(port)
        self._told(PortNews(port, "found", "synth"))

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        if port not in self._away:
            super().send(port, due, data, token)
        elif token >= 0:
            self._told(Written(token, 0.0, lost=True))


class PatientPorts(LoopbackPorts):
    """A loopback that takes messages ahead of time, as JACK does, and writes all that waits when it is closed."""

    horizon = 0.020

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now)
        self.waiting: list[tuple[float, str, bytes, int]] = []

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        self.waiting.append((due, port, data, token))

    def write(self, until: float) -> None:
        """Write what is due by a time."""
        self.waiting.sort(key=lambda item: item[0])
        while self.waiting and self.waiting[0][0] <= until:
            due, port, data, token = self.waiting.pop(0)
            super().send(port, due, data, token)

    def close(self) -> None:
        self.write(float("inf"))
        super().close()
