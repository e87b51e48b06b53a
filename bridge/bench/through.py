"""From a note that comes in to the harmony that goes out with it: the way that never leaves the wire.

On JACK a client from outside plays and stamps both in frames; on the loopback a note of the built-in player's port
comes in, and both are the wire's stamps.
"""

import asyncio
from collections.abc import Sequence

from bridge.bench.neighbour import Neighbour
from bridge.bench.report import Reaction, reaction
from bridge.bench.rig import Rig
from bridge.lines import FromChild
from bridge.midi.messages import NoteOff, NoteOn, decode, encode
from bridge.midi.ports import IN
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Harmony, Input, Put, Sent

WHAT = "a key -> the harmony note that the wire plays under it"
VOICE = Voice.CHORDS
ABOVE = 12
"""Semitones from a key to its harmony note."""
LOWEST, KEYS = 36, 48
APART, HELD = 0.0207, 0.008
"""Seconds from key to key, no whole number of any server's periods, and for which each is held."""
PART = 25
"""Keys that are planned at a time."""
SETTLED = 0.3
FIRST_ID = 2_000_000

Stamped = Sequence[tuple[int, bytes]]
"""Messages with their frames."""


async def through(rig: Rig, ear: Neighbour | None, rate: int, seconds: float) -> Reaction:
    """Press keys for some seconds; `ear` is wired to in and to the harmony's voice. The clock is to roll."""
    rig.tell("wire", Harmony(VOICE, tuple(((pitch + ABOVE) % 128,) for pitch in range(128))))
    count = max(round(seconds / APART), 1)
    try:
        return await (_outside(ear, rate, count) if ear is not None else _inside(rig, count))
    finally:
        rig.tell("wire", Harmony(VOICE))


def answers(played: Stamped, heard: Stamped) -> list[int]:
    """Frames from each key to its harmony note, of those keys that were answered."""
    pressed: dict[int, int] = {}
    found = []
    keys = [(frame, 0, message) for frame, data in played if isinstance(message := decode(data), NoteOn)]
    notes = [(frame, 1, message) for frame, data in heard if isinstance(message := decode(data), NoteOn)]
    for frame, answer, message in sorted(keys + notes, key=lambda each: each[:2]):
        if not answer:
            pressed[message.pitch + ABOVE] = frame
        elif message.pitch in pressed:
            found.append(frame - pressed.pop(message.pitch))
    return found


async def _outside(ear: Neighbour, rate: int, count: int) -> Reaction:
    await ear.ask("take")
    for part in range(0, count, PART):
        numbers = range(part, min(part + PART, count))
        await ear.ask(
            "play",
            [
                (APART * (number - part + 1) + wait, encode(kind(0, LOWEST + number % KEYS, 80)))
                for number in numbers
                for kind, wait in ((NoteOn, 0.0), (NoteOff, HELD))
            ],
        )
        await asyncio.sleep(APART * (len(numbers) + 1))
    await asyncio.sleep(SETTLED)
    heard, played, _ = await ear.ask("take")
    return reaction([frames * 1000.0 / rate for frames in answers(played, heard)])


async def _inside(rig: Rig, count: int) -> Reaction:
    times: list[float] = []
    pressed: dict[int, float] = {}

    def heard(message: FromChild) -> None:
        match message:
            case Input(beat=beat, port=port, data=data) if port == IN and data[0] & 0xF0 == 0x90:
                pressed[data[1] + ABOVE] = beat
            case Sent(note=note) if note.voice is VOICE and not message.dropped and note.pitch in pressed:
                beats = note.beat - pressed.pop(note.pitch)
                times.append(beats * 60_000.0 / rig.map.bpm + message.late * 1000.0)
            case _:
                pass

    beat = 60.0 / rig.map.bpm
    with rig.tap(heard):
        for number in range(count):
            note = Note(Voice.GUEST, rig.beat + 0.002 / beat, HELD / beat, LOWEST + number % KEYS, 80)
            rig.tell("wire", Put((FIRST_ID + number,), (note,)))
            await asyncio.sleep(APART)
        await asyncio.sleep(SETTLED)
    return reaction(times)
