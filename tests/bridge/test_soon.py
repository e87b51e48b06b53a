import asyncio
import itertools
from collections.abc import Awaitable, Callable

from bridge.soon import Soon


def play(run: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await run()

    asyncio.run(main())


def test_what_is_asked_for_is_done_as_soon_as_what_runs_is_over() -> None:
    async def run() -> None:
        done: list[float] = []
        soon = Soon(lambda: done.append(asyncio.get_running_loop().time()), 60.0)
        soon.ask()
        assert not done
        while not done:
            await asyncio.sleep(0)
        assert len(done) == 1

    play(run)


def test_however_often_it_is_asked_for_it_is_done_once_in_a_while_and_once_more_at_the_end() -> None:
    async def run() -> None:
        done: list[float] = []
        loop = asyncio.get_running_loop()
        soon = Soon(lambda: done.append(loop.time()), 0.01)
        until = loop.time() + 0.05
        while loop.time() < until:
            soon.ask()
            await asyncio.sleep(0)
        last = loop.time()
        soon.ask()
        while not done or done[-1] < last:
            await asyncio.sleep(0)
        assert 2 <= len(done) <= 8
        assert all(later - earlier >= 0.0099 for earlier, later in itertools.pairwise(done))

    play(run)


def test_what_was_called_off_is_not_done() -> None:
    async def run() -> None:
        done: list[int] = []
        soon = Soon(lambda: done.append(1), 0.0)
        soon.ask()
        soon.cancel()
        soon.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not done

    play(run)
