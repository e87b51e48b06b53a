"""MIDI as a table: one row a kind of message, and small pure functions over the rows."""

from typing import Final

import msgspec

SUSTAIN: Final = 64
ALL_SOUND_OFF: Final = 120
ALL_NOTES_OFF: Final = 123
SYSEX: Final = 0xF0
SYSEX_END: Final = 0xF7
CENTRE: Final = 8192
"""The 14-bit value at which a pitch bend wheel rests."""


class Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A decoded MIDI message; channels are 0-15, 7-bit values 0-127."""


class NoteOff(Message, frozen=True):
    """A key released; also what a note-on of velocity 0 means."""

    channel: int
    pitch: int
    velocity: int = 64


class NoteOn(Message, frozen=True):
    """A key struck, velocity 1-127 (a decoded one is never 0)."""

    channel: int
    pitch: int
    velocity: int


class PolyAftertouch(Message, frozen=True):
    """Pressure on one held key."""

    channel: int
    pitch: int
    pressure: int


class ControlChange(Message, frozen=True):
    """A controller moved."""

    channel: int
    control: int
    value: int


class ProgramChange(Message, frozen=True):
    """A sound chosen."""

    channel: int
    program: int


class Aftertouch(Message, frozen=True):
    """Pressure on the whole keyboard."""

    channel: int
    pressure: int


class PitchBend(Message, frozen=True):
    """The bend wheel, -8192 to 8191, 0 at rest."""

    channel: int
    bend: int


class SysEx(Message, frozen=True):
    """A system exclusive message; `data` is what stands between F0 and F7, 7-bit bytes."""

    data: bytes


class TimeCode(Message, frozen=True):
    """A quarter frame of MIDI time code, as its one raw byte."""

    frame: int


class SongPosition(Message, frozen=True):
    """Where to go on from, in sixteenth notes from the start (0-16383)."""

    sixteenths: int


class SongSelect(Message, frozen=True):
    """A song chosen."""

    song: int


class TuneRequest(Message, frozen=True):
    """Asks analogue synthesisers to tune."""


class Clock(Message, frozen=True):
    """One tick of 24 to the quarter note."""


class Start(Message, frozen=True):
    """Roll from the beginning at the next tick."""


class Continue(Message, frozen=True):
    """Roll from the song position at the next tick."""


class Stop(Message, frozen=True):
    """Stop rolling."""


class ActiveSensing(Message, frozen=True):
    """The cable is still there."""


class Reset(Message, frozen=True):
    """Back to the state at power-on."""


class Field(msgspec.Struct, frozen=True):
    """One value of a message: 7 bits or, low byte first, 14; `zero` is the raw value that means 0."""

    name: str
    bits: int = 7
    zero: int = 0


class Spec(msgspec.Struct, frozen=True):
    """A row of the table; `length` counts data bytes (None: up to F7), `channel` is false for system ones."""

    status: int
    name: str
    length: int | None
    channel: bool
    kind: type[Message]
    fields: tuple[Field, ...] = ()


_PITCH, _VELOCITY, _PRESSURE = Field("pitch"), Field("velocity"), Field("pressure")

SPECS: Final = (
    Spec(0x80, "note off", 2, True, NoteOff, (_PITCH, _VELOCITY)),
    Spec(0x90, "note on", 2, True, NoteOn, (_PITCH, _VELOCITY)),
    Spec(0xA0, "poly aftertouch", 2, True, PolyAftertouch, (_PITCH, _PRESSURE)),
    Spec(0xB0, "control change", 2, True, ControlChange, (Field("control"), Field("value"))),
    Spec(0xC0, "program change", 1, True, ProgramChange, (Field("program"),)),
    Spec(0xD0, "aftertouch", 1, True, Aftertouch, (_PRESSURE,)),
    Spec(0xE0, "pitch bend", 2, True, PitchBend, (Field("bend", bits=14, zero=CENTRE),)),
    Spec(0xF0, "sysex", None, False, SysEx),
    Spec(0xF1, "time code", 1, False, TimeCode, (Field("frame"),)),
    Spec(0xF2, "song position", 2, False, SongPosition, (Field("sixteenths", bits=14),)),
    Spec(0xF3, "song select", 1, False, SongSelect, (Field("song"),)),
    Spec(0xF6, "tune request", 0, False, TuneRequest),
    Spec(0xF8, "clock", 0, False, Clock),
    Spec(0xFA, "start", 0, False, Start),
    Spec(0xFB, "continue", 0, False, Continue),
    Spec(0xFC, "stop", 0, False, Stop),
    Spec(0xFE, "active sensing", 0, False, ActiveSensing),
    Spec(0xFF, "reset", 0, False, Reset),
)
"""Every message of MIDI 1.0."""

_BY_KIND: Final = {spec.kind: spec for spec in SPECS}
_BY_STATUS: Final = {spec.status | channel: spec for spec in SPECS for channel in (range(16) if spec.channel else (0,))}
LENGTHS: Final = tuple(
    spec.length if (spec := _BY_STATUS.get(status)) and spec.length is not None else -1 for status in range(256)
)
"""Data bytes that follow each status byte; -1: undefined, a data byte, or as many as it takes (SysEx)."""


def spec_of(status: int) -> Spec | None:
    """The row of the table for a status byte; None if MIDI 1.0 does not define it."""
    return _BY_STATUS.get(status)


def well_formed(data: bytes) -> bool:
    """Whether `data` is exactly one complete message: a status byte, then its data bytes, all below 128."""
    if not data:
        return False
    if data[0] == SYSEX:
        return len(data) > 1 and data[-1] == SYSEX_END and data[1:-1].isascii()
    return LENGTHS[data[0]] == len(data) - 1 and data[1:].isascii()


def decode(data: bytes) -> Message | None:
    """The message that `data` is; None where it is not exactly one well-formed message."""
    if not well_formed(data):
        return None
    if data[0] == SYSEX:
        return SysEx(data[1:-1])
    spec = _BY_STATUS[data[0]]
    values = [data[0] & 0x0F] if spec.channel else []
    at = 1
    for field in spec.fields:
        raw = data[at] | data[at + 1] << 7 if field.bits == 14 else data[at]
        values.append(raw - field.zero)
        at += field.bits // 7
    if spec.kind is NoteOn and values[2] == 0:
        return NoteOff(values[0], values[1])
    return spec.kind(*values)


def encode(message: Message) -> bytes:
    """The bytes of a message. Raises ValueError naming the field whose value MIDI cannot carry."""
    if isinstance(message, SysEx):
        if not message.data.isascii():
            raise ValueError("sysex: data bytes must be below 128")
        return b"\xf0" + message.data + b"\xf7"
    spec = _BY_KIND[type(message)]
    channel = _raw(message, spec, Field("channel", bits=4)) if spec.channel else 0
    out = bytearray((spec.status | channel,))
    for field in spec.fields:
        raw = _raw(message, spec, field)
        out.append(raw & 0x7F)
        if field.bits == 14:
            out.append(raw >> 7)
    return bytes(out)


def _raw(message: Message, spec: Spec, field: Field) -> int:
    """A field's value as it stands in the bytes. Raises ValueError where it does not fit."""
    value: int = getattr(message, field.name)
    raw = value + field.zero
    if not 0 <= raw < 1 << field.bits:
        low, high = -field.zero, (1 << field.bits) - 1 - field.zero
        raise ValueError(f"{spec.name}: {field.name} is {value}; it must be {low} to {high}")
    return raw
