import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bridge.pulse import SOON, Pulse


def play(run: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await run()

    asyncio.run(main())


def test_it_beats_as_often_as_the_last_beat_asked_for() -> None:
    async def run() -> None:
        beats: list[float] = []
        over = asyncio.Event()

        def beat() -> float:
            beats.append(asyncio.get_running_loop().time())
            if len(beats) == 3:
                over.set()
            return 0.0 if len(beats) < 3 else 60.0

        pulse = Pulse(beat)
        await asyncio.wait_for(over.wait(), 5.0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(beats) == 3
        pulse.stop()

    play(run)


def test_news_ends_a_long_wait_and_a_flood_of_it_counts_once() -> None:
    async def run() -> None:
        beats: list[float] = []
        loop = asyncio.get_running_loop()

        def beat() -> float:
            beats.append(loop.time())
            return 60.0

        pulse = Pulse(beat)
        while not beats:
            await asyncio.sleep(0)
        woken = loop.time()
        for _ in range(1000):
            pulse.wake()
        while len(beats) < 2:
            await asyncio.sleep(0)
        assert len(beats) == 2
        assert beats[1] - woken >= 0.9 * SOON
        pulse.stop()

    play(run)


def test_a_beat_that_fails_is_told_and_is_not_the_last() -> None:
    async def run() -> None:
        told: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
        left = [ValueError("wrong")]
        over = asyncio.Event()

        def beat() -> float:
            if left:
                raise left.pop()
            over.set()
            return 60.0

        pulse = Pulse(beat)
        await asyncio.wait_for(over.wait(), 5.0)
        assert [str(error) for error in told] == ["wrong"]
        pulse.stop()

    play(run)


@pytest.mark.parametrize("woken", [False, True])
def test_what_was_stopped_beats_no_more(woken: bool) -> None:
    async def run() -> None:
        beats: list[int] = []

        def beat() -> float:
            beats.append(1)
            return 0.0

        pulse = Pulse(beat)
        pulse.stop()
        if woken:
            pulse.wake()
        for _ in range(10):
            await asyncio.sleep(0)
        assert not beats

    play(run)


def test_it_can_be_stopped_by_its_own_beat() -> None:
    async def run() -> None:
        beats: list[int] = []

        def beat() -> float:
            beats.append(1)
            pulse.stop()
            return 0.0

        pulse = Pulse(beat)
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(beats) == 1

    play(run)
