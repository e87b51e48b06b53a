import asyncio
import contextlib
import signal
from pathlib import Path

import pytest

from bridge.errors import PortError
from bridge.health.metrics import RECENT
from bridge.health.status import status
from bridge.jam.knobs import Knobs
from bridge.live import ENDINGS, _figures, _opened, _signals
from bridge.rehearsal import Rehearsal
from tests.bridge.engine.parrot import open_parrot

WAIT = 5.0


class Door:
    """Something that takes its time to open, and writes down what was done to it."""

    def __init__(self, fails: bool = False) -> None:
        self.deeds: list[str] = []
        self.fails = fails
        self.unlock = asyncio.Event()

    async def __aenter__(self) -> object:
        self.deeds.append("opening")
        try:
            await self.unlock.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # there is something to put away
            self.deeds.append("put away")
            raise
        if self.fails:
            raise PortError("no way in")
        self.deeds.append("open")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.deeds.append("closed")


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in ENDINGS]


@pytest.mark.parametrize("number", ENDINGS)
def test_every_way_of_being_told_to_end_is_heard_at_once(number: signal.Signals) -> None:
    async def play() -> None:
        with _signals() as ended:
            asyncio.get_running_loop().call_later(0, signal.raise_signal, number)
            await asyncio.wait_for(ended.wait(), WAIT)

    asyncio.run(play())


def test_whatever_happens_the_signals_mean_what_they_meant_before() -> None:
    async def play() -> None:
        before = handlers()
        with contextlib.suppress(PortError), _signals():
            assert handlers() != before
            raise PortError("no way in")
        assert handlers() == before

    before = handlers()
    asyncio.run(play())
    assert handlers() == before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals that hang up")
def test_under_nohup_a_terminal_that_closes_ends_nothing() -> None:
    async def play() -> None:
        with _signals() as ended:
            signal.raise_signal(signal.SIGHUP)
            await asyncio.sleep(0)
            assert not ended.is_set()

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        asyncio.run(play())
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_being_told_to_end_while_it_opens_puts_everything_away_without_an_error() -> None:
    async def play() -> None:
        door = Door()
        with _signals() as ended:
            asyncio.get_running_loop().call_later(0, signal.raise_signal, signal.SIGTERM)
            async with _opened(door, ended) as opened:
                assert not opened
        assert door.deeds == ["opening", "put away"]

    asyncio.run(play())


def test_what_was_opened_is_closed_even_after_an_error() -> None:
    async def play() -> None:
        door = Door()
        door.unlock.set()
        with contextlib.suppress(PortError):
            async with _opened(door, asyncio.Event()) as opened:
                assert opened
                raise PortError("the ports have gone")
        assert door.deeds == ["opening", "open", "closed"]

    asyncio.run(play())


def test_what_cannot_be_opened_says_why() -> None:
    async def play() -> None:
        door = Door(fails=True)
        door.unlock.set()
        with pytest.raises(PortError, match="no way in"):
            async with _opened(door, asyncio.Event()):
                pass
        assert door.deeds == ["opening"]

    asyncio.run(play())


def test_being_cancelled_while_it_opens_puts_everything_away() -> None:
    async def enter(door: Door) -> None:
        async with _opened(door, asyncio.Event()):
            pass

    async def play() -> None:
        door = Door()
        task = asyncio.create_task(enter(door))
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert door.deeds == ["opening", "put away"]

    asyncio.run(play())


def test_the_summary_counts_everything_that_was_measured() -> None:
    rehearsal = Rehearsal(open_parrot, Path("parrot"), Knobs(mode="trade", seed=7))
    rehearsal.run(0.1)
    metrics = rehearsal.band.metrics
    metrics.lateness.extend([0.25] * RECENT + [0.001] * 3 * RECENT)
    metrics.note_ms.extend([8.0] * RECENT + [0.5] * 3 * RECENT)
    metrics.dropped = 3
    metrics.restarts = 2
    run = _figures(rehearsal.band, status(rehearsal.band, "parrot"), "cpu", "jack")
    assert (run.mode, run.seed, run.pack, run.provider, run.ports) == ("trade", 7, "parrot", "cpu", "jack")
    assert (run.lateness_ms.p50, run.lateness_ms.p99, run.lateness_ms.max) == (1.0, 250.0, 250.0)
    assert (run.note_ms.p50, run.note_ms.p99) == (0.5, 8.0)
    assert (run.dropped_late, run.engine_restarts, run.stuck_notes) == (3, 2, 0)
    assert run.hit_rate is None
