"""From MIDI messages to turns of controls: pairs of 14 bits, NRPN and plain ones."""

from bridge.control.control import (
    DATA,
    DATA_DOWN,
    DATA_LOW,
    DATA_UP,
    FINE,
    LOW_HALVES,
    NRPN_HIGH,
    NRPN_LOW,
    RPN_HIGH,
    RPN_LOW,
    Control,
    Turn,
    Way,
)
from bridge.midi.messages import (
    ALL_SOUND_OFF,
    CENTRE,
    Aftertouch,
    ControlChange,
    NoteOff,
    NoteOn,
    PitchBend,
    PolyAftertouch,
    ProgramChange,
    decode,
)

PATIENCE = 0.020
"""Seconds that the high half of a value waits for its low half; without one it counts alone."""
PRESSED = 127


class ControlReader:
    """Follows one port. A pair of controllers is told as what each half is, and as both together."""

    def __init__(self) -> None:
        self._selected: dict[int, int | None] = {}
        """Channel -> the NRPN that data is for, or None where it is for an RPN; nothing: for the plain controllers."""
        self._addresses: dict[int, tuple[int, int]] = {}
        self._high: dict[Control, tuple[int, float]] = {}
        self._pairs: set[Control] = set()
        self._last: dict[Control, int] = {}
        self._waiting: dict[Control, float] = {}

    def read(self, data: bytes, time: float) -> list[Turn]:
        """What a message that came at `time` (seconds) says; [] for what is no control, or not whole yet."""
        match decode(data):
            case ControlChange(channel, control, value):
                return self._controller(channel, control, value, time)
            case PitchBend(channel, bend):
                return [Turn(Control(Way.BEND, channel), bend + CENTRE, time)]
            case Aftertouch(channel, pressure):
                return [Turn(Control(Way.PRESSURE, channel), pressure, time)]
            case PolyAftertouch(channel, pitch, pressure):
                return [Turn(Control(Way.KEY_PRESSURE, channel, pitch), pressure, time)]
            case NoteOn(channel, pitch, velocity):
                return [Turn(Control(Way.NOTE, channel, pitch), velocity, time)]
            case NoteOff(channel, pitch):
                return [Turn(Control(Way.NOTE, channel, pitch), 0, time)]
            case ProgramChange(channel, program):
                return [Turn(Control(Way.PROGRAM, channel, program), PRESSED, time)]
            case _:
                return []

    def due(self, time: float) -> list[Turn]:
        """Values whose low half did not come in time."""
        late = [control for control, until in self._waiting.items() if until <= time]
        return [self._whole(control, self._high[control][0] << 7, time) for control in late]

    @property
    def next_due(self) -> float | None:
        """When `due` is to be asked next, in seconds; None while nothing waits."""
        return min(self._waiting.values(), default=None)

    def expect(self, control: Control) -> None:
        """Know a pair before it was seen, as from a map."""
        if control.way is Way.CC14:
            self._pairs.add(control)

    def _controller(self, channel: int, number: int, value: int, time: float) -> list[Turn]:
        if number >= ALL_SOUND_OFF:
            return []
        if number in (NRPN_HIGH, NRPN_LOW, RPN_HIGH, RPN_LOW):
            self._select(channel, number, value)
            return []
        if channel in self._selected and number in (DATA, DATA_LOW, DATA_UP, DATA_DOWN):
            selected = self._selected[channel]
            return [] if selected is None else self._data(Control(Way.NRPN, channel, selected), number, value, time)
        turns = [Turn(Control(Way.CC, channel, number), value, time)]
        if number < LOW_HALVES:
            pair = Control(Way.CC14, channel, number)
            self._high[pair] = value, time
            if pair in self._pairs:
                self._waiting[pair] = time + PATIENCE
        elif number < 2 * LOW_HALVES:
            pair = Control(Way.CC14, channel, number - LOW_HALVES)
            high, since = self._high.get(pair, (0, float("-inf")))
            if pair in self._pairs or time - since <= PATIENCE:
                self._pairs.add(pair)
                turns.append(self._whole(pair, high << 7 | value, time))
        return turns

    def _select(self, channel: int, number: int, value: int) -> None:
        high, low = self._addresses.get(channel, (0x7F, 0x7F))
        high, low = (value, low) if number in (NRPN_HIGH, RPN_HIGH) else (high, value)
        self._addresses[channel] = high, low
        if high == low == 0x7F:
            self._selected.pop(channel, None)
        else:
            self._selected[channel] = None if number in (RPN_HIGH, RPN_LOW) else high << 7 | low

    def _data(self, control: Control, number: int, value: int, time: float) -> list[Turn]:
        if number == DATA:
            self._high[control] = value, time
            self._waiting[control] = time + PATIENCE
            return []
        if number == DATA_LOW:
            high = self._high.get(control, (0, 0.0))[0]
            return [self._whole(control, high << 7 | value, time)]
        step = 1 if number == DATA_UP else -1
        return [self._whole(control, min(max(self._last.get(control, 0) + step, 0), FINE - 1), time)]

    def _whole(self, control: Control, value: int, time: float) -> Turn:
        self._waiting.pop(control, None)
        self._last[control] = value
        return Turn(control, value, time)
