"""Ports for long runs: they lose their cables, die with what they had not written, and may write ahead of time."""

from bridge.clock.offline import OfflineTime
from bridge.midi.loopback import Listener, LoopbackPorts
from bridge.midi.ports import Deliver, PortNews, Written
from bridge.wire.wire import OUTS
from tests.soak.device import Devices


class StagePorts(LoopbackPorts):
    """A loopback with devices at the out ports, and a world around it that the next ports share.

    With a `horizon` in seconds a message is taken ahead of time and written when it is due, as on JACK.
    """

    def __init__(self, time: OfflineTime, devices: Devices, out: set[str], horizon: float = 0.0) -> None:
        super().__init__(time.now)
        self.horizon = horizon
        self._time = time
        self._devices = devices
        self._out = out
        """Ports whose cable is out and known to be out."""
        self._alive = True
        self._waiting: dict[int, tuple[float, str, bytes, int]] = {}
        self._order = 0
        self._tell: Deliver = lambda _: None
        for port in OUTS:
            self.listen(port, self._hearer(port))

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        self._tell = deliver
        super().open(ins, outs, deliver)

    def arrive(self, port: str, data: bytes) -> None:
        if self._alive:
            super().arrive(port, data)

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        if not self._alive:
            return
        number = self._order = self._order + 1
        self._waiting[number] = (due, port, data, token)
        if self.horizon:
            self._time.call_at(max(due, self.now()), lambda: self._write(number))
        else:
            self._write(number)

    def pull(self, port: str) -> None:
        """A cable comes out, and nobody has noticed yet."""
        self._devices.pull(port, self.now())

    def notice(self, port: str) -> None:
        """It is noticed that a cable is out."""
        self._out.add(port)
        self._tell(PortNews(port, "lost", "synth"))

    def plug(self, port: str) -> None:
        """A cable is back."""
        self._out.discard(port)
        self._devices.plug(port, self.now())
        self._tell(PortNews(port, "found", "synth"))

    def die(self) -> None:
        """What was not written never will be."""
        self._alive = False
        self._waiting.clear()

    def close(self) -> None:
        for number in sorted(self._waiting, key=lambda number: (self._waiting[number][0], number)):
            self._write(number)
        self._alive = False
        super().close()

    def _hearer(self, port: str) -> Listener:
        return lambda time, data: self._devices.hear(time, port, data)

    def _write(self, number: int) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None:
            return
        due, port, data, token = waiting
        if port not in self._out:
            super().send(port, due, data, token)
        elif token >= 0:
            self._tell(Written(token, 0.0, lost=True))
