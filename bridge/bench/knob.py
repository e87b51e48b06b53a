"""From a knob's OSC message to the first new note in the plan, and from a controller's to the first that sounds.

What lies behind the commit line is made anew; when the next note begins, the music decides.
"""

import asyncio
import contextlib
import itertools
import socket
import time
from collections.abc import Awaitable, Callable

import msgspec
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.bench.cut import HELD, OPENING, STEP
from bridge.bench.report import Reaction, reaction
from bridge.bench.stage import Stage
from bridge.control.pack_knobs import BAND as BAND_KNOBS
from bridge.control.parameter import ROOT, Value
from bridge.engine.pack import Card
from bridge.midi.messages import ControlChange, encode
from bridge.music.note import BAND
from bridge.wire.protocol import Put, Sent

KNOB = "register"
"""The knob that is turned, where the pack heeds it; else the first of the pack's own."""
POSITIONS = (0.6, 0.4, 0.5)
"""Parts of its way that it is turned to, one after the other: each asks for other notes."""
LEARNT_BY = (0.2, 0.3, 0.4, 0.5)
"""Positions through which a controller goes while it is learnt."""
CONTROLLER = 74
PATIENCE = 1.0
"""Seconds after which a turn of the knob counts as unanswered."""
PAUSE = 0.11
"""Seconds of rest between an answer and the next turn, no multiple of anything musical."""
ENTRY = 5.0
"""Seconds that the band may take to come in."""
KNOBS: dict[str, Value] = {
    "mode": "continue", "patience": 0.5, "tempo": 120.0, "count_in": 0, "click": "off", "takeover": "jump",
}  # fmt: skip


def turned(card: Card | None) -> str:
    """The knob of a pack that is turned."""
    own = [knob.name for knob in card.knobs if knob.name not in BAND_KNOBS] if card is not None else []
    heeds = card is None or any(knob.name == KNOB for knob in card.knobs)
    return KNOB if heeds or not own else own[0]


async def knob(stage: Stage, name: str, turns: int) -> tuple[Reaction, Reaction]:
    """Play to the band until it plays, then turn the knob so many times: by OSC until a new note is in the plan, and as
    often by a controller until a new note sounds."""
    stage.play(*((index * STEP, HELD, pitch) for index, pitch in enumerate(OPENING)))
    await asyncio.sleep(len(OPENING) * STEP)
    watch = Watch()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, stage.tap(watch.heard):
        watch.changed()
        await watch.planned(ENTRY)

        def by_osc(position: float) -> None:
            row = stage.table.place(name).parameter
            builder = OscMessageBuilder(f"{ROOT}/{name}")
            builder.add_arg(row.minimum + position * (row.maximum - row.minimum), builder.ARG_TYPE_FLOAT)
            sender.sendto(builder.build().dgram, ("127.0.0.1", stage.settings.osc.port))

        def by_controller(position: float) -> None:
            stage.press(encode(ControlChange(0, CONTROLLER, round(127 * position))))

        unsubscribe = stage.table.subscribe(lambda _: watch.changed())
        try:
            planned = await _times(turns, by_osc, watch.planned, PATIENCE)
            with stage.mute():
                stage.do("learn", name)
                for position in LEARNT_BY:
                    by_controller(position)
                    await asyncio.sleep(PAUSE)
            sounding = await _times(turns, by_controller, watch.sounding, ENTRY)
        finally:
            unsubscribe()
    return reaction(planned), reaction(sounding)


async def _times(
    turns: int, turn: Callable[[float], object], answered: Callable[[float], Awaitable[float | None]], patience: float
) -> list[float]:
    """Milliseconds from each turn to its answer; a turn without one does not count."""
    times = []
    for _, position in zip(range(turns), itertools.cycle(POSITIONS), strict=False):
        await asyncio.sleep(PAUSE)
        began = time.perf_counter()
        turn(position)
        answer = await answered(patience)
        if answer is not None:
            times.append((answer - began) * 1000.0)
    return times


class Watch:
    """Waits for the first new note of the band that is planned once the knob has changed, and for one that sounds."""

    def __init__(self) -> None:
        self._due = False
        self._new: set[int] = set()
        self._put: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._sent: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def changed(self) -> None:
        """The knob has changed: what is planned from now on was made with it."""
        self._due = True

    def heard(self, message: msgspec.Struct) -> None:
        """Look at what the desk says to the wire, and the wire to the desk."""
        if not self._due:
            return
        match message:
            case Put(ids=ids, notes=notes) if new := {
                i for i, note in zip(ids, notes, strict=True) if note.voice in BAND
            }:
                self._new |= new
                _told(self._put)
            case Sent(id=id, dropped=False) if id in self._new:
                _told(self._sent)
            case _:
                pass

    async def planned(self, patience: float) -> float | None:
        """When a note was planned, by `perf_counter`; None where none was within `patience` seconds."""
        return await self._answered(self._put, patience)

    async def sounding(self, patience: float) -> float | None:
        """When a note that was planned since sounded; None where none did within `patience` seconds."""
        return await self._answered(self._sent, patience)

    async def _answered(self, answer: asyncio.Future[float], patience: float) -> float | None:
        found: float | None = None
        with contextlib.suppress(TimeoutError):
            found = await asyncio.wait_for(answer, patience)
        loop = asyncio.get_running_loop()
        self._due, self._put, self._sent = False, loop.create_future(), loop.create_future()
        self._new.clear()
        return found


def _told(answer: asyncio.Future[float]) -> None:
    if not answer.done():
        answer.set_result(time.perf_counter())
