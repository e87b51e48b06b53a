"""MIDI clock on more than one port: which of them is listened to.

Two at once would tick twice as fast, so one port has the clock's ear at a time: the first that says anything, until it
is silent for a quarter of a second, or until another port starts while this one only ticks. Many a drum machine ticks
all day.
"""

from bridge.clock.midi_clock import CONTINUE, SILENCE, START, TICK, MidiClock

SURE = 1.0
"""Seconds for which a second port has to play along before it is told."""


class MidiPorts:
    """Sorts clock messages into one MidiClock by port."""

    def __init__(self, clock: MidiClock) -> None:
        self._clock = clock
        self._port = ""
        self._heard = float("-inf")
        self._other = ""
        self._began = 0.0
        self._last = float("-inf")
        self._told: set[str] = set()
        self._notice = ""

    @property
    def port(self) -> str:
        """The port that is listened to; empty before the first message."""
        return self._port

    def take_notice(self) -> str:
        """A line for the user when a second clock seems to be there; empty where there is none."""
        notice, self._notice = self._notice, ""
        return notice

    def receive(self, port: str, data: bytes, time: float) -> None:
        """Take a clock message that arrived at a port."""
        begins = data[0] in (START, CONTINUE) and not self._clock.running
        if port != self._port and time - self._heard < SILENCE and not begins:
            self._pass_over(port, data, time)
            return
        if self._port not in ("", port):
            self._clock.change_over()
        self._port, self._heard = port, time
        leap = self._clock.leap
        self._clock.receive(data, time)
        if self._clock.leap is not leap:
            old, new = self._clock.leap
            self._notice = (
                f"the MIDI clock at «{port}» went from {old:.0f} to {new:.0f} BPM in one step; "
                "if nobody did that, two clocks come in by one port"
            )

    def _pass_over(self, port: str, data: bytes, time: float) -> None:
        """Tell, once, of a port that ticks while another leads the song."""
        if data[0] != TICK or not self._clock.running:
            return
        if port != self._other or time - self._last > SILENCE:
            self._other, self._began = port, time
        self._last = time
        if time - self._began > SURE and port not in self._told:
            self._told.add(port)
            self._notice = f"MIDI clock comes in at two ports; «{self._port}» is followed, «{port}» is not"
