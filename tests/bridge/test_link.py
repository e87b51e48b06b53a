import os
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from bridge.link import Exchange, Link, dial
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Hello, Panic, Put, Trouble

WAIT = 5.0


def pair(exchange: Exchange) -> tuple[Link[Any], SimpleQueue[Any], Link[Any], SimpleQueue[Any]]:
    """Two ends of a link and what each has received."""
    arrived: SimpleQueue[Connection[Any, Any]] = SimpleQueue()
    exchange.accept(arrived.put)
    here: SimpleQueue[Any] = SimpleQueue()
    there: SimpleQueue[Any] = SimpleQueue()
    far = Link(dial(exchange.address, exchange.key), Put | Panic, there.put).start()
    near = Link(arrived.get(timeout=WAIT), Hello | Trouble, here.put).start()
    return near, here, far, there


@pytest.fixture
def exchange() -> Any:
    line = Exchange()
    yield line
    line.close()


def test_messages_arrive_whole_and_in_order(exchange: Exchange) -> None:
    near, here, far, there = pair(exchange)
    put = Put((1, 2), (Note(Voice.LEAD, 0.5, 1.0, 60, 80), Note(Voice.BASS, float("inf"), 1.0, 40, 90)))
    for index in range(500):
        far.send(Trouble(str(index)))
    near.send(put)
    near.send(Panic())
    assert [here.get(timeout=WAIT).text for _ in range(500)] == [str(i) for i in range(500)]
    assert there.get(timeout=WAIT) == put
    assert there.get(timeout=WAIT) == Panic()
    near.close()
    far.close()


def test_the_end_of_one_side_is_told_to_the_other_once(exchange: Exchange) -> None:
    near, here, far, there = pair(exchange)
    near.close()
    assert there.get(timeout=WAIT) is None
    assert here.get(timeout=WAIT) is None
    assert not far.alive
    assert not far.send(Trouble("too late"))


def test_a_stranger_without_the_key_gets_no_line(exchange: Exchange) -> None:
    arrived: SimpleQueue[Any] = SimpleQueue()
    exchange.accept(arrived.put)
    with pytest.raises(Exception, match=r"."):
        dial(exchange.address, b"wrong key")
    dial(exchange.address, exchange.key).close()
    arrived.get(timeout=WAIT).close()
    assert arrived.empty()


@pytest.mark.skipif(os.name != "posix", reason="pipes have no folder")
def test_closing_leaves_nothing_and_does_not_mind_that_the_folder_went_before(tmp_path: Path) -> None:
    first, second = Exchange(), Exchange()
    folder = Path(second.address).parent
    Path(second.address).unlink()
    folder.rmdir()
    second.close()
    assert Path(first.address).exists()
    first.close()
    assert not Path(first.address).parent.exists()


def test_sending_never_waits_for_a_peer_that_does_not_read(exchange: Exchange) -> None:
    arrived: SimpleQueue[Connection[Any, Any]] = SimpleQueue()
    exchange.accept(arrived.put)
    silent = dial(exchange.address, exchange.key)
    link: Link[Trouble] = Link(arrived.get(timeout=WAIT), Trouble, lambda _: None)
    link.start()
    done = threading.Event()

    def flood() -> None:
        while link.send(Trouble("x" * 1000)):
            pass
        done.set()

    threading.Thread(target=flood, daemon=True).start()
    assert done.wait(WAIT * 4)
    assert not link.alive
    silent.close()
