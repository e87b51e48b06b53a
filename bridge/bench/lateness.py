"""How late notes leave the port: a planned stream through the real wire, on a quiet machine and on a busy one.

On JACK a client from outside stamps each arrival with the frame of its own callback; the earliest of a stream tells
where the others should have been. On the loopback there is no outside, and the wire's own stamps are taken.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Sequence

from bridge.bench.hogs import hogs
from bridge.bench.neighbour import Neighbour
from bridge.bench.report import Late, Lateness, late
from bridge.bench.rig import Rig
from bridge.engine.family import Ask
from bridge.engine.protocol import PhraseEnd, Request
from bridge.lines import FromChild
from bridge.midi.messages import NoteOn, decode
from bridge.music.note import Note, Span, Voice
from bridge.wire.protocol import Put, Sent, Withdraw

SPACING = 0.01
"""Beats from note to note: 5 ms at 120 BPM."""
LENGTH = 0.006
LOWEST, PITCHES, LOUDEST = 36, 48, 127
"""Pitch and velocity tell each note of a stream from every other, lost or doubled as some may be."""
MOST = PITCHES * LOUDEST
AHEAD = 2.0
"""Beats before its first note at which each part of a stream is planned, about as the band does."""
PART = 50
"""Notes that are planned at a time."""
SETTLED, PATIENCE = 0.25, 10.0
"""Seconds between looks at whether the last notes have been sent, and for which they are waited for."""
LOOPBACK_BPM = 120.0

Heard = Sequence[tuple[int, bytes]]
"""Messages with the frames at which they arrived."""


def tempo(rate: int) -> float:
    """The tempo at which notes are a whole number of frames apart (`rate` 0: any)."""
    return 60.0 * rate * SPACING / frames_a_note(rate) if rate else LOOPBACK_BPM


async def lateness(rig: Rig, ear: Neighbour | None, rate: int, quiet: float, busy: float) -> Lateness:
    """Measure for `quiet` and `busy` seconds; on JACK `ear` hears the click port, at `rate` frames a second.

    The clock is to roll at `tempo(rate)`.
    """
    frames = frames_a_note(rate)
    idle = await _stream(rig, ear, frames / rate if rate else 0.0, frames, quiet, 0)
    async with hogs(), _thinking(rig):
        loaded = await _stream(rig, ear, frames / rate if rate else 0.0, frames, busy, 1_000_000)
    priority = rig.ready.priority if rig.ready is not None else ""
    stamps = "a JACK client from outside, in frames" if ear is not None else "the wire's own stamps (no JACK here)"
    return Lateness(idle, loaded, priority, stamps)


def frames_a_note(rate: int) -> int:
    """Whole frames from note to note, about 5 ms, so that rounding makes none of them late."""
    return round(rate * 0.005)


def against_frames(heard: Heard, frames: int, rate: int) -> list[float]:
    """Lateness in milliseconds of each note of a stream, `frames` apart, that was heard from outside."""
    places: dict[int, int] = {}
    """Number of a note -> the frame at which it came first, less where it stands in the stream."""
    for frame, data in heard:
        message = decode(data)
        if isinstance(message, NoteOn):
            number = (message.velocity - 1) * PITCHES + message.pitch - LOWEST
            places.setdefault(number, frame - number * frames)
    first = min(places.values(), default=0)
    return [(place - first) * 1000.0 / rate for place in places.values()]


async def _stream(rig: Rig, ear: Neighbour | None, seconds: float, frames: int, length: float, first: int) -> Late:
    """Plan a stream and hear it. `seconds` from note to note are 0 where there is no JACK."""
    count = min(max(round(length / (seconds or SPACING * 60.0 / LOOPBACK_BPM)), PART), MOST)
    own: list[float] = []
    dropped = 0

    def sent(message: FromChild) -> None:
        nonlocal dropped
        if isinstance(message, Sent) and message.note.voice is Voice.CLICK and message.id >= first:
            dropped += message.dropped
            if not message.dropped:
                own.append(message.late * 1000.0)

    *_, missed = await ear.ask("take") if ear is not None else (0,)
    with rig.tap(sent):
        rig.tell("wire", Withdraw(Voice.CLICK, -math.inf))  # what a stream before this one has left
        start = rig.beat + AHEAD
        for part in range(0, count, PART):
            numbers = range(part, min(part + PART, count))
            rig.tell("wire", Put(tuple(first + number for number in numbers), tuple(_note(start, n) for n in numbers)))
            await _until(rig, start + numbers.stop * SPACING - AHEAD)
        await _until(rig, start + count * SPACING)
        for _ in range(round(PATIENCE / SETTLED)):  # the clock of a JACK server that is short of time goes slow
            await asyncio.sleep(SETTLED)
            if dropped + len(own) >= count:
                break
    unsent = count - dropped - len(own)
    if ear is None:
        return late(own, dropped, unsent)
    heard, _, missed_now = await ear.ask("take")
    times = against_frames(heard, frames, round(frames / seconds))
    return late(times, dropped, unsent, max(len(own) - len(times), 0), missed_now - missed)


def _note(start: float, number: int) -> Note:
    # The click's port: what sounds on the others is heard by the engine, which would then have something to do.
    return Note(Voice.CLICK, start + number * SPACING, LENGTH, LOWEST + number % PITCHES, 1 + number // PITCHES)


async def _until(rig: Rig, beat: float) -> None:
    await asyncio.sleep(max((beat - rig.beat) * 60.0 / rig.map.bpm, 0.0))


@contextlib.asynccontextmanager
async def _thinking(rig: Rig) -> AsyncIterator[None]:
    """Keep the engine answering all the while, if there is one."""
    loaded = rig.loaded
    if loaded is None:
        yield
        return

    def ask(number: int) -> None:
        span = Span(rig.beat + 1.0, rig.beat + 5.0)
        rig.tell("engine", Request(Ask(id=number, span=span, voices=loaded.voices, seed=number)))

    def ended(message: FromChild) -> None:
        if isinstance(message, PhraseEnd):
            ask(message.ask + 1)

    with rig.tap(ended):
        ask(0)
        yield
