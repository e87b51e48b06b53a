import asyncio
import contextlib

from hypothesis import given
from hypothesis import strategies as st

from bridge.web.outbox import Outbox


async def sent(outbox: Outbox) -> list[str | bytes]:
    out: list[str | bytes] = []

    async def send(message: str | bytes) -> None:
        out.append(message)

    task = asyncio.create_task(outbox.drain(send))
    for _ in range(4):
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return out


def test_messages_come_in_their_order() -> None:
    async def run() -> None:
        outbox = Outbox(4)
        for message in "abc":
            outbox.put(message)
        assert await sent(outbox) == ["a", "b", "c"]

    asyncio.run(run())


def test_of_one_address_only_the_latest_waits_in_the_place_of_the_first() -> None:
    async def run() -> None:
        outbox = Outbox(2)
        for turn in range(1000):
            outbox.put(f"tempo {turn}", "tempo")
            outbox.put(f"level {turn}", "level")
        assert not outbox.overrun
        assert await sent(outbox) == ["tempo 999", "level 999"]

    asyncio.run(run())


def test_a_line_that_is_stuck_within_a_message_is_over_all_the_same() -> None:
    async def run() -> None:
        outbox = Outbox(2)
        stuck = asyncio.create_task(outbox.drain(lambda _: asyncio.sleep(3600)))
        outbox.put("first")
        await asyncio.sleep(0)
        for number in range(4):
            outbox.put(str(number))
        await asyncio.wait_for(outbox.over(), 1.0)
        stuck.cancel()

    asyncio.run(run())


@given(st.integers(1, 20), st.integers(0, 60))
def test_who_does_not_read_is_given_up_and_holds_nothing(most: int, count: int) -> None:
    outbox = Outbox(most)
    for number in range(count):
        outbox.put(str(number))
        assert len(outbox) <= most
    assert outbox.overrun == (count > most)
    assert len(outbox) == (0 if outbox.overrun else count)
