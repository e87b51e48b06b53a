"""A control: one knob, fader, wheel, pad or key of somebody's hardware, by the MIDI messages that it sends."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from bridge.errors import SettingsError
from bridge.midi.messages import (
    CENTRE,
    Aftertouch,
    ControlChange,
    Message,
    NoteOn,
    PitchBend,
    PolyAftertouch,
    ProgramChange,
    encode,
)

FINE: Final = 1 << 14
COARSE: Final = 1 << 7
DATA, DATA_LOW, DATA_UP, DATA_DOWN = 6, 38, 96, 97
NRPN_LOW, NRPN_HIGH, RPN_LOW, RPN_HIGH = 98, 99, 100, 101
LOW_HALVES: Final = 32
"""A controller below this has its low 7 bits so many numbers above it."""


class Way(StrEnum):
    """How a control speaks."""

    CC = "cc"
    CC14 = "cc14"
    """A controller and the one 32 above it, which has the low 7 bits."""
    NRPN = "nrpn"
    BEND = "bend"
    PRESSURE = "pressure"
    KEY_PRESSURE = "key-pressure"
    NOTE = "note"
    PROGRAM = "program"


BARE = frozenset((Way.BEND, Way.PRESSURE))
"""Ways of which a channel has one only: they have no number."""
FINE_WAYS = frozenset((Way.CC14, Way.NRPN, Way.BEND))
_TEXT = re.compile(r"ch (\d{1,2}) ([a-z0-9-]+)(?: (\d{1,5}))?")


class Control(msgspec.Struct, frozen=True):
    """A control by its channel (0-15), way and number; written as on the hardware: `ch 1 cc 74`."""

    way: Way
    channel: int
    number: int = 0

    @property
    def steps(self) -> int:
        """How many values it has, the first of them 0."""
        return FINE if self.way in FINE_WAYS else COARSE

    def __str__(self) -> str:
        """`ch 1 cc 74`, channels from 1."""
        number = "" if self.way in BARE else f" {self.number}"
        return f"ch {self.channel + 1} {self.way.value}{number}"

    def say(self, value: int) -> tuple[bytes, ...]:
        """The messages that tell this control's light or motor a value, 0 to `steps` - 1."""
        high, low = value >> 7, value & 0x7F
        return tuple(encode(message) for message in self._messages(value, high, low))

    def _messages(self, value: int, high: int, low: int) -> tuple[Message, ...]:
        channel, number = self.channel, self.number
        match self.way:
            case Way.CC:
                return (ControlChange(channel, number, value),)
            case Way.CC14:
                return (ControlChange(channel, number, high), ControlChange(channel, number + LOW_HALVES, low))
            case Way.NRPN:
                select = (
                    ControlChange(channel, NRPN_HIGH, number >> 7),
                    ControlChange(channel, NRPN_LOW, number & 0x7F),
                )
                return (*select, ControlChange(channel, DATA, high), ControlChange(channel, DATA_LOW, low))
            case Way.BEND:
                return (PitchBend(channel, value - CENTRE),)
            case Way.PRESSURE:
                return (Aftertouch(channel, value),)
            case Way.KEY_PRESSURE:
                return (PolyAftertouch(channel, number, value),)
            case Way.NOTE:
                return (NoteOn(channel, number, value),)  # of velocity 0: the light goes out
            case Way.PROGRAM:
                return (ProgramChange(channel, number),)


class Turn(msgspec.Struct, frozen=True):
    """A control was moved to a value, 0 to its `steps` - 1, at `time` in seconds; a key that is let go is at 0."""

    control: Control
    value: int
    time: float


def read_control(text: str) -> Control:
    """The control that `ch 1 cc 74` names. Raises SettingsError."""
    found = _TEXT.fullmatch(text.strip().lower())
    way = found[2] if found else ""
    if found is None or way not in Way.__members__.values():
        raise SettingsError(f"«{text[:40]}» is no control; write for instance «ch 1 cc 74», with {', '.join(Way)}")
    control = Control(Way(way), int(found[1]) - 1, int(found[3] or 0))
    most = {Way.NRPN: FINE, Way.CC14: LOW_HALVES}.get(control.way, COARSE)
    if not 0 <= control.channel < 16 or not 0 <= control.number < most or (found[3] is None) != (control.way in BARE):
        raise SettingsError(f"«{text[:40]}» is no control: channels are 1 to 16, numbers of a {way} 0 to {most - 1}")
    return control
