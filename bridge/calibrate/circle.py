"""The way in a circle: pulses out of one of our ports, through the music program, and back to our `in`."""

import contextlib
import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue

from bridge.calibrate.pulses import LENGTH, VELOCITY, WAIT, Delay, Echo, Pulse, measure, pulses
from bridge.errors import CalibrationError
from bridge.midi.messages import NoteOff, NoteOn, decode, encode
from bridge.midi.ports import IN, Arrival, Connections, PortNews, Ports, Written

SOON = 0.1
"""Seconds from now to the first pulse."""
LOOK = 0.002
"""Seconds between looks at what came in, while nothing is due."""
EVERY = 0.5
"""Seconds between the pulses that try whether the circle is closed."""

Event = Arrival | Written | PortNews


class Circle:
    """Our ports for a calibration, open between `with` and its end. `say` tells the user what is waited for.

    `sleep` lets seconds of the ports' time pass.
    """

    def __init__(
        self,
        ports: Ports,
        out: str,
        say: Callable[[str], object],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._ports = ports
        self._out = out
        self._say = say
        self._sleep = sleep
        self._came: SimpleQueue[Event] = SimpleQueue()
        self._echoes: list[Echo] = []
        self._late: dict[int, float] = {}
        """Number of a pulse -> seconds after its time at which the port wrote it."""

    @contextlib.contextmanager
    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], cables: Connections) -> Iterator[None]:
        """Open our ports, and connect them as they were the last time. Raises PortError."""
        self._ports.open(ins, outs, self._came.put)
        try:
            self._ports.restore(cables)
            yield
        finally:
            self._ports.close()

    def close_up(self, patience: float) -> None:
        """Wait until a pulse comes back, for as long as the user takes to connect. Raises CalibrationError."""
        until = self._ports.now() + patience
        told = False
        while self._ports.now() < until:
            (probe,) = self._play(pulses(1, self._ports.now() + SOON), EVERY)
            if any(echo.pitch == probe.pitch for echo in self._echoes):
                self._wait(WAIT)  # for the echoes of those before it
                return
            self._ports.poll()
            if not told:
                told = True
                self._say(
                    f"waiting for a pulse to come back: have your music program send what it gets from «{self._out}» "
                    f"to «{IN}» (MIDI thru, or a track that plays on), for at most {patience:g} s"
                )
        raise CalibrationError(
            f"nothing came back from «{self._out}» to «{IN}» in {patience:g} s: connect both to the music program "
            "(`antiphon ports` shows the names), switch MIDI thru on there, and try again"
        )

    def measure(self, count: int) -> Delay:
        """Send so many pulses and time their echoes. Raises CalibrationError where too few come back."""
        self._echoes.clear()
        sent = self._play(pulses(count, self._ports.now() + SOON), WAIT)
        return measure(sent, self._echoes, self._ports.detour)

    def _play(self, wanted: tuple[Pulse, ...], rest: float) -> tuple[Pulse, ...]:
        """Send pulses at their times, then listen for so many seconds more; returns them as they were sent."""
        self._late.clear()
        for number, pulse in enumerate(wanted):
            end = pulse.time + LENGTH
            self._wait_to_send(pulse.time)
            self._ports.send(self._out, pulse.time, encode(NoteOn(0, pulse.pitch, VELOCITY)), number)
            try:
                self._wait_to_send(end)
            finally:
                self._ports.send(self._out, end, encode(NoteOff(0, pulse.pitch)))
        self._wait(rest)
        late = [self._late.get(number, 0.0) for number in range(len(wanted))]
        return tuple(Pulse(pulse.time + by, pulse.pitch) for pulse, by in zip(wanted, late, strict=True))

    def _wait_to_send(self, due: float) -> None:
        """Let time pass until the ports take what is due then."""
        self._wait(due - self._ports.horizon - self._ports.now())

    def _wait(self, seconds: float) -> None:
        """Let time pass and take in what comes."""
        until = self._ports.now() + seconds
        while True:
            self._listen()
            left = until - self._ports.now()
            if left <= 0:
                return
            self._sleep(min(left, LOOK))

    def _listen(self) -> None:
        while not self._came.empty():
            match self._came.get():
                case Arrival(port, time, data) if port == IN and isinstance(on := decode(data), NoteOn):
                    self._echoes.append(Echo(time, on.pitch))
                case Written(token, late) if token >= 0:
                    self._late[token] = late
                case _:
                    pass
