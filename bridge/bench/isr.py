"""How often the band had something of the model's to play when its moment came: hit rate and its weighted form.

The whole daemon plays over the real ports and counts each 16th itself: first with its built-in player, then on its
own after a few notes of a human.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from bridge.bench.cut import HELD, OPENING, STEP
from bridge.bench.hogs import hogs
from bridge.bench.stage import Stage
from bridge.control.parameter import Value
from bridge.engine.pack import Card
from bridge.jam.modes import TOGETHER
from bridge.jam.score import HitRate
from bridge.music.note import Voice

KNOBS: dict[str, Value] = {"mode": "trade", "trade_bars": 1, "count_in": 0, "click": "off"}
SLOW, FAST = 120.0, 200.0
"""BPM on a quiet machine, and beside a process that burns each core."""
ALONE = "continue"
"""The mode in which the band goes on for ever when the human falls silent."""
SHORTEST = 6.0
"""Seconds below which the band would hardly have a turn beside its built-in player, who is then left out."""
GAP = 0.1
"""Seconds from one piece to the next."""


class Hits(msgspec.Struct, frozen=True):
    """Hit rate over so many 16ths; weighed by freshness where the band accompanied."""

    rate: float
    ticks: int
    weighted: float | None = None


class Rates(msgspec.Struct, frozen=True):
    """Hits at 120 BPM on a quiet machine, and at 200 BPM beside a process that burns each core."""

    quiet: Hits
    busy: Hits


async def rates(stage: Stage, card: Card, seconds: float) -> Rates:
    """Have the band play pieces of so many seconds, at both tempos; the stage has a built-in player."""
    mode = with_guest(card)
    quiet, busy = [], []
    if seconds >= SHORTEST:
        quiet.append(await _piece(stage, SLOW, mode, seconds))
    async with hogs():
        if seconds >= SHORTEST:
            busy.append(await _piece(stage, FAST, mode, seconds))
        busy.append(await _piece(stage, FAST, ALONE, seconds, human=True))
    quiet.append(await _piece(stage, SLOW, ALONE, seconds, human=True))
    return Rates(together(quiet), together(busy))


def with_guest(card: Card) -> str:
    """The mode to play with the built-in player in: a pack of more than a lead accompanies it."""
    return "accompany" if set(card.voices) - {Voice.LEAD} else "trade"


def together(pieces: Sequence[Hits]) -> Hits:
    """Several pieces as one; the weighted rate is that of the pieces that have one."""
    ticks = sum(piece.ticks for piece in pieces)
    fresh = [(piece.weighted, piece.ticks) for piece in pieces if piece.weighted is not None and piece.ticks]
    return Hits(
        rate=sum(piece.rate * piece.ticks for piece in pieces) / ticks if ticks else 1.0,
        ticks=ticks,
        weighted=sum(rate * count for rate, count in fresh) / sum(count for _, count in fresh) if fresh else None,
    )


async def _piece(stage: Stage, bpm: float, mode: str, seconds: float, human: bool = False) -> Hits:
    """One piece from the top; with `human`, the built-in player leaves the stage to one who soon falls silent."""
    stage.table.set("tempo", bpm)
    stage.table.set("mode", mode)
    hits = stage.band.conductor.hits = HitRate()
    stage.start()
    await asyncio.sleep(GAP)
    if human:
        if stage.band.guest is not None:
            stage.band.guest.retire()
        stage.play(*((index * STEP, HELD, pitch) for index, pitch in enumerate(OPENING)))
    await asyncio.sleep(seconds - GAP)
    measured = Hits(hits.rate, hits.ticks, hits.weighted if mode in TOGETHER else None)
    stage.stop()
    await asyncio.sleep(GAP)
    return measured
