"""The groove that the parameter table asks for, kept in line at the wire."""

from collections.abc import Callable

from bridge.control.parameters import ParameterTable
from bridge.control.rows_groove import DRUM_FEEL, DRUM_STYLE, SWING, SWING_SHARE, SWING_UNIT, UNITS
from bridge.music.groove import Groove
from bridge.music.note import BAND, Voice
from bridge.wire.protocol import Sway


class Grooves:
    """Tells the wire how notes are moved; `send` reaches it."""

    def __init__(self, table: ParameterTable, send: Callable[[Sway], object]) -> None:
        self._table = table
        self._send = send
        self._told = Groove()

    @property
    def now(self) -> Groove:
        """What the table asks for."""
        table = self._table
        swings = {voice: self._swing(voice) for voice in BAND}
        return Groove(
            swing={voice: swing for voice, swing in swings.items() if swing > 0},
            unit=UNITS[str(table.get(SWING_UNIT))],
            feel=float(table.get(DRUM_FEEL)),
            style=str(table.get(DRUM_STYLE)),
        )

    def apply(self) -> None:
        """Tell the wire what has changed."""
        now = self.now
        if now != self._told:
            self._told = now
            self._send(Sway(now))

    def greet(self) -> None:
        """Tell a new wire, which plays straight."""
        self._told = Groove()
        self.apply()

    def _swing(self, voice: Voice) -> float:
        return float(self._table.get(SWING)) * float(self._table.get(SWING_SHARE, voice))
