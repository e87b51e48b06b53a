import asyncio
import socket

import pytest

from bridge.osc.datagrams import BATCH, Datagrams, Sender, listen


async def exchange(count: int) -> tuple[list[bytes], bytes]:
    """So many datagrams sent to an open port, and what it answers to the last."""
    heard: list[bytes] = []
    from_: list[Sender] = []

    def take(data: bytes, sender: Sender) -> None:
        heard.append(data)
        from_.append(sender)

    port = await listen("127.0.0.1", 0, take)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5.0)
        for number in range(count):
            client.sendto(b"%d" % number, port.address)
        while len(heard) < count:
            await asyncio.sleep(0)
        port.send(b"well heard", from_[-1])
        answer = await asyncio.to_thread(client.recv, 100)
    port.send(b"nobody is there", ("127.0.0.1", 9))
    await asyncio.sleep(0)
    port.close()
    await asyncio.sleep(0)
    return heard, answer


def test_what_is_sent_is_heard_in_its_order_and_answered() -> None:
    assert asyncio.run(exchange(50)) == ([b"%d" % number for number in range(50)], b"well heard")


def test_the_same_where_the_loop_cannot_watch_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(Datagrams, "__init__", cannot)
    assert asyncio.run(exchange(50)) == ([b"%d" % number for number in range(50)], b"well heard")


def test_of_a_flood_a_batch_is_read_before_others_have_their_turn() -> None:
    async def flooded() -> list[int]:
        heard = 0
        turns: list[int] = []

        def take(_: bytes, __: Sender) -> None:
            nonlocal heard
            heard += 1

        port = await listen("127.0.0.1", 0, take)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for _ in range(2 * BATCH):
                client.sendto(b"x", port.address)
        while heard < 2 * BATCH:
            await asyncio.sleep(0)
            turns.append(heard)
        port.close()
        return turns

    turns = asyncio.run(flooded())
    assert max(later - earlier for earlier, later in zip([0, *turns], turns, strict=False)) <= BATCH
