"""From a knob's OSC message to the first new note in the plan: what lies behind the commit line is made anew."""

import asyncio
import contextlib
import itertools
import socket
import time

import msgspec
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.bench.cut import HELD, OPENING, STEP
from bridge.bench.report import Reaction, reaction
from bridge.bench.stage import Stage
from bridge.control.parameter import ROOT, Value
from bridge.music.note import BAND
from bridge.wire.protocol import Put

KNOB = "register"
POSITIONS = (5.0, -5.0, 0.0)
"""Semitones that it is turned to, one after the other: each asks for other notes."""
PATIENCE = 1.0
"""Seconds after which a turn of the knob counts as unanswered."""
PAUSE = 0.11
"""Seconds of rest between an answer and the next turn, no multiple of anything musical."""
ENTRY = 5.0
"""Seconds that the band may take to come in."""
KNOBS: dict[str, Value] = {"mode": "continue", "patience": 0.5, "tempo": 120.0, "count_in": 0, "click": "off"}


async def knob(stage: Stage, turns: int) -> Reaction:
    """Play to the band until it plays, then turn the knob so many times."""
    stage.play(*((index * STEP, HELD, pitch) for index, pitch in enumerate(OPENING)))
    await asyncio.sleep(len(OPENING) * STEP)
    watch = Watch()
    times: list[float] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, stage.tap(watch.heard):
        watch.changed()
        await watch.answered(ENTRY)
        unsubscribe = stage.table.subscribe(lambda _: watch.changed())
        try:
            for _, position in zip(range(turns), itertools.cycle(POSITIONS), strict=False):
                await asyncio.sleep(PAUSE)
                builder = OscMessageBuilder(f"{ROOT}/{KNOB}")
                builder.add_arg(position, builder.ARG_TYPE_FLOAT)
                began = time.perf_counter()
                sender.sendto(builder.build().dgram, ("127.0.0.1", stage.settings.osc.port))
                put = await watch.answered(PATIENCE)
                if put is not None:
                    times.append((put - began) * 1000.0)
        finally:
            unsubscribe()
    return reaction(times)


class Watch:
    """Waits for the first new note of the band that is planned once the knob has changed."""

    def __init__(self) -> None:
        self._due = False
        self._put: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def changed(self) -> None:
        """The knob has changed: what is planned from now on was made with it."""
        self._due = True

    def heard(self, message: msgspec.Struct) -> None:
        """Look at what the desk says to the wire."""
        new = isinstance(message, Put) and any(note.voice in BAND for note in message.notes)
        if new and self._due and not self._put.done():
            self._put.set_result(time.perf_counter())

    async def answered(self, patience: float) -> float | None:
        """When the note was planned, by `perf_counter`; None where none was within `patience` seconds."""
        put: float | None = None
        with contextlib.suppress(TimeoutError):
            put = await asyncio.wait_for(self._put, patience)
        self._due, self._put = False, asyncio.get_running_loop().create_future()
        return put
