"""From a key pressed while the band plays to the end of the note that it cuts short: the player takes the floor back.

The way leads through the real ports, the wire, the desk and the wire again. On JACK a client from outside presses the
key and stamps both in frames; on the loopback the wire does.
"""

import asyncio

import msgspec

from bridge.bench.neighbour import Neighbour
from bridge.bench.report import Reaction, reaction
from bridge.bench.stage import Stage
from bridge.control.parameter import Value
from bridge.midi.messages import NoteOff, NoteOn, encode
from bridge.midi.ports import IN
from bridge.music.note import BAND
from bridge.wire.protocol import Closed, Input, Sent

OPENING = (60, 62, 64, 65, 67, 64)
"""What the player plays first, so that the model has something to go on."""
STEP, HELD = 0.15, 0.1
"""Seconds from key to key, and for which each is held."""
LONG_ENOUGH = 0.02
"""Seconds that a note must be written to last to be cut short."""
KNOBS: dict[str, Value] = {"mode": "continue", "patience": 0.25, "tempo": 240.0, "count_in": 0, "click": "off"}
"""Everything quick, so that there are many answers in little time."""

Opening = list[tuple[float, bytes]]


async def cut(stage: Stage, ear: Neighbour | None, rate: int, seconds: float) -> Reaction:
    """Press keys for some seconds while the clock rolls; `ear` is wired to in and lead, at `rate` frames a second."""
    return await (_from_outside(ear, rate, seconds) if ear is not None else _from_inside(stage, seconds))


def opening() -> Opening:
    """The opening as messages, in seconds from now."""
    return [
        (index * STEP + wait, encode(message))
        for index, pitch in enumerate(OPENING)
        for wait, message in ((0.0, NoteOn(0, pitch, 80)), (HELD, NoteOff(0, pitch)))
    ]


async def _from_outside(ear: Neighbour, rate: int, seconds: float) -> Reaction:
    await ear.ask("play", opening())
    await asyncio.sleep(len(OPENING) * STEP)
    await ear.ask("answering", True)
    await asyncio.sleep(seconds)
    await ear.ask("answering", False)
    answers, _ = await ear.ask("answers")
    return reaction([frames * 1000.0 / rate for frames in answers])


async def _from_inside(stage: Stage, seconds: float) -> Reaction:
    hand = Hand(stage)
    stage.play(*((index * STEP, HELD, pitch) for index, pitch in enumerate(OPENING)))
    await asyncio.sleep(len(OPENING) * STEP)
    with stage.tap(hand.heard):
        await asyncio.sleep(seconds)
    return reaction(hand.answers)


class Hand:
    """Presses a key whenever a note of the band sounds; `answers` are milliseconds by the wire's stamps."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._note: int | None = None
        self._pressed: float | None = None
        self.answers: list[float] = []

    def heard(self, message: msgspec.Struct) -> None:
        """Follow what the wire says."""
        bpm = self._stage.band.map.bpm
        match message:
            case Sent(id=id, note=note) if note.voice in BAND and not message.dropped and self._note is None:
                if note.duration * 60.0 / bpm >= LONG_ENOUGH:
                    self._note, self._pressed = id, None
                    self._stage.play((0.0, HELD / 2, OPENING[0]))
            case Input(beat=beat, port=port, data=data) if port == IN and data[0] & 0xF0 == 0x90:
                self._pressed = beat
            case Closed(id=id, beat=beat) if id == self._note:
                if self._pressed is not None and beat >= self._pressed:
                    self.answers.append((beat - self._pressed) * 60_000.0 / bpm)
                self._note = None
            case _:
                pass
