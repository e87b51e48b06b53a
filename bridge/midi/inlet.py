"""The way in of one input port: raw bytes to Arrivals."""

from bridge.midi.assembler import Assembler
from bridge.midi.ports import Arrival, Deliver, PortNews


class Inlet:
    """Puts what comes in on one port together and delivers it, on the system's thread; never raises."""

    __slots__ = ("_assembler", "_deliver", "port")

    def __init__(self, port: str, deliver: Deliver) -> None:
        self.port = port
        self._deliver = deliver
        self._assembler = Assembler()

    def take(self, time: float, data: bytes) -> None:
        """Deliver every message that `data` completes, stamped `time` (seconds of the ports' timebase)."""
        for message in self._assembler.feed(data):
            self._deliver(Arrival(self.port, time, message))
        if complaint := self._assembler.take_complaint():
            self._deliver(PortNews(self.port, "complaint", complaint))
