"""The latency offsets of the ports: first from the settings, then from the parameter table."""

from collections.abc import Callable, Mapping
from typing import Any

from bridge.control.parameters import ParameterTable
from bridge.control.rows import OFFSET
from bridge.control.rows_time import IN_OFFSET
from bridge.midi.ports import IN
from bridge.music.note import BAND
from bridge.wire.protocol import Offsets


class PortOffsets:
    """Keeps the wire's offsets in line with the table; `send` reaches the wire.

    `configured` is milliseconds by port: first values for those that have a parameter, for good for the others.
    """

    def __init__(
        self, table: ParameterTable, configured: Mapping[Any, float], send: Callable[[Offsets], object]
    ) -> None:
        self._table = table
        self._configured = dict(configured)
        self._send = send
        self._told: Offsets | None = None
        voices = {voice.value: voice for voice in BAND}
        for port, milliseconds in configured.items():
            if port in voices:
                table.set(OFFSET, milliseconds, voices[port])
            elif port == IN:
                table.set(IN_OFFSET, milliseconds)

    @property
    def now(self) -> Offsets:
        """The offsets that hold, in seconds."""
        places = {IN: self._table.get(IN_OFFSET)} | {voice.value: self._table.get(OFFSET, voice) for voice in BAND}
        return Offsets({port: float(value) / 1000 for port, value in (self._configured | places).items() if value})

    def apply(self) -> None:
        """Tell the wire what has changed."""
        now = self.now
        if now != self._told:
            self._told = now
            self._send(now)

    def greet(self) -> None:
        """Tell a new wire."""
        self._told = None
        self.apply()
