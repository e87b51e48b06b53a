"""The codec: music as compound events (voice, shift, pitch, duration, velocity), for training and playing alike.

A player's note is two events: HELD at its onset, when nobody knows how long it will last, and RELEASE at its end. A
band note is one event that carries its duration. `shift` is ticks since the event before; a gap longer than the
table is clipped, and as the host keeps the absolute position, clipping never adds up. The place in the bar and the
controls travel beside the events. `python -m bridge.engine.codec` prints the vocabulary.
"""

from bisect import bisect_left
from enum import IntEnum
from typing import NamedTuple

from bridge.engine.grid import TICKS
from bridge.music.meter import Meter
from bridge.music.note import Voice


class Part(IntEnum):
    """Who an event belongs to, and what it says."""

    HELD = 0
    """The player's key went down."""
    RELEASE = 1
    """The player's key (or pedal) let go."""
    LEAD = 2
    CHORDS = 3
    BASS = 4
    DRUMS = 5
    START = 6
    """The stream begins here, at a bar line; read, never written."""


PARTS = len(Part)
SHIFTS = 8 * TICKS
"""Shift classes: 0 to 191 ticks; the last also stands for anything longer."""
PITCHES = 128
DURATIONS = (
    0, 3, 4, 6, 8, 9, 12, 16, 18, 21, 24, 30, 32, 36, 42, 48, 60, 64, 72, 84, 96, 108, 120, 144, 168, 192,
)  # fmt: skip
"""Ticks of each duration class, a 32nd to 8 beats with dots and triplets; 0 = not known (the player's, START)."""
VELOCITIES = 16
VELOCITY_STEP = 128 // VELOCITIES
POSITIONS = 8 * TICKS
"""Classes for the tick in the bar and for the ticks left of it; longer bars are clipped from their far end."""

FIELDS = ("voice", "shift", "pitch", "duration", "velocity")
SIZES = (PARTS, SHIFTS, PITCHES, len(DURATIONS), VELOCITIES)
"""Number of classes of each field, in the order in which they are sampled."""

PART_OF = {Voice.LEAD: Part.LEAD, Voice.CHORDS: Part.CHORDS, Voice.BASS: Part.BASS, Voice.DRUMS: Part.DRUMS}
"""The band's voices as parts."""
VOICE_OF = {part: voice for voice, part in PART_OF.items()}

MIDDLE = 60
"""Pitch that START carries, so that the first interval is taken from somewhere."""


class Event(NamedTuple):
    """One compound event, every field a class index (see SIZES)."""

    voice: int
    shift: int
    pitch: int
    duration: int
    velocity: int


def start() -> Event:
    """The event that opens a stream."""
    return Event(Part.START, 0, MIDDLE, 0, 0)


def encode(part: Part, gap: int, pitch: int, length: int, velocity: int) -> Event:
    """An event from ticks since the one before, MIDI pitch, length in ticks (0 = not known) and MIDI velocity.

    Negative gaps count as 0, longer ones than the table as its last; lengths go to the nearest of the table.
    """
    return Event(int(part), shift_class(gap), pitch, duration_class(length), velocity_class(velocity))


def shift_class(gap: int) -> int:
    """Shift class of a gap in ticks, clipped to the table."""
    return min(max(gap, 0), SHIFTS - 1)


def duration_class(length: int) -> int:
    """Duration class of a length in ticks: the nearest (the shorter of two), and 0 for 0 or less."""
    if length <= 0:
        return 0
    above = min(bisect_left(DURATIONS, length, lo=1), len(DURATIONS) - 1)
    if above > 1 and length - DURATIONS[above - 1] <= DURATIONS[above] - length:
        return above - 1
    return above


def velocity_class(velocity: int) -> int:
    """Velocity class of a MIDI velocity 0-127."""
    return min(max(velocity, 0), 127) // VELOCITY_STEP


def velocity_of(index: int) -> int:
    """MIDI velocity (1-127) in the middle of a class."""
    return index * VELOCITY_STEP + VELOCITY_STEP // 2


def bar_ticks(meter: Meter) -> int:
    """Ticks of a bar, at least 1."""
    return max(1, round(meter.bar * TICKS))


def place(tick: int, bar: int) -> tuple[int, int]:
    """Position classes of a song tick: (ticks since the bar line, ticks to the next one minus one), both clipped."""
    into = tick % bar
    return min(into, POSITIONS - 1), min(bar - into - 1, POSITIONS - 1)


def vocabulary() -> str:
    """The vocabulary as text, one line a field."""
    beats = ", ".join(f"{ticks}" for ticks in DURATIONS[1:])
    rows = (
        ("voice", PARTS, ", ".join(part.name.lower() for part in Part)),
        ("shift", SHIFTS, f"0 to {SHIFTS - 1} ticks since the event before, {TICKS} ticks a beat"),
        ("pitch", PITCHES, "MIDI pitch"),
        ("duration", len(DURATIONS), f"not known, or {beats} ticks"),
        ("velocity", VELOCITIES, f"MIDI velocity in steps of {VELOCITY_STEP}"),
        ("position", POSITIONS, "beside the event: ticks into the bar, and ticks left of it"),
    )
    return "\n".join(f"{name:<9}{size:>4}  {what}" for name, size, what in rows)


if __name__ == "__main__":
    print(vocabulary())
