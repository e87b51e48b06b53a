"""How often the band had something of the model's to play when its moment came: hit rate and its weighted form.

The whole daemon plays over the real ports and counts each 16th itself: first with its built-in player, then on its
own after a few notes of a human.
"""

import asyncio
import time
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
SHARE = FAST / (SLOW + FAST)
"""Of the time, for what is slow: so that as many 16ths come up at both tempos."""
SHORTEST = 8.0
"""Seconds at a tempo below which there is one piece, in the mode that a pack is made for, not two."""
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


async def rates(stage: Stage, card: Card, seconds: float, ticks: int) -> Rates:
    """Have the band play for so many seconds in all, at both tempos; the stage has a built-in player.

    As soon as so many 16ths have come up at a tempo, that is enough of it.
    """
    slow, fast = seconds * SHARE, seconds * (1.0 - SHARE)
    modes = pieces(card, slow)
    quiet, busy = [], []
    for mode in modes:  # the built-in player leaves for good where the band plays alone, so that comes last
        quiet.append(await _piece(stage, SLOW, mode, slow / len(modes), ticks / len(modes)))
        async with hogs():
            busy.append(await _piece(stage, FAST, mode, fast / len(modes), ticks / len(modes)))
    return Rates(together(quiet), together(busy))


def pieces(card: Card, seconds: float) -> tuple[str, ...]:
    """The modes to play in: with the built-in player first, whom a pack of more than a lead accompanies; then alone.

    In little time a pack that accompanies does that, and a lead plays alone.
    """
    accompanies = bool(set(card.voices) - {Voice.LEAD})
    both = ("accompany" if accompanies else "trade", ALONE)
    return both if seconds >= SHORTEST else both[:1] if accompanies else both[1:]


def together(pieces: Sequence[Hits]) -> Hits:
    """Several pieces as one; the weighted rate is that of the pieces that have one."""
    ticks = sum(piece.ticks for piece in pieces)
    fresh = [(piece.weighted, piece.ticks) for piece in pieces if piece.weighted is not None and piece.ticks]
    return Hits(
        rate=sum(piece.rate * piece.ticks for piece in pieces) / ticks if ticks else 1.0,
        ticks=ticks,
        weighted=sum(rate * count for rate, count in fresh) / sum(count for _, count in fresh) if fresh else None,
    )


async def _piece(stage: Stage, bpm: float, mode: str, seconds: float, ticks: float) -> Hits:
    """One piece from the top; alone, the built-in player leaves the stage to a human who soon falls silent."""
    stage.table.set("tempo", bpm)
    stage.table.set("mode", mode)
    hits = stage.band.conductor.hits = HitRate()
    until = time.monotonic() + seconds
    stage.start()
    await asyncio.sleep(GAP)
    if mode == ALONE:
        if stage.band.guest is not None:
            stage.band.guest.retire()
        stage.play(*((index * STEP, HELD, pitch) for index, pitch in enumerate(OPENING)))
    while time.monotonic() < until and hits.ticks < ticks:
        await asyncio.sleep(GAP)
    measured = Hits(hits.rate, hits.ticks, hits.weighted if mode in TOGETHER else None)
    stage.stop()
    await asyncio.sleep(GAP)
    return measured
