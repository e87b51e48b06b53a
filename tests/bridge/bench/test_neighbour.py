import asyncio
import os
from multiprocessing.connection import Connection
from typing import Any

import pytest

from bridge.bench.neighbour import Neighbour
from bridge.errors import EngineError, PackError


def echo(pipe: "Connection[Any, Any]", greeting: str) -> None:
    """Greet, then say back what is said."""
    pipe.send((greeting, os.getpid()))
    while True:
        pipe.send(pipe.recv())


def fail(pipe: "Connection[Any, Any]", known: bool) -> None:
    """Fail with an error of ours, or with another."""
    if known:
        raise PackError("no such pack; get another")
    raise ZeroDivisionError("by nothing")


def die(pipe: "Connection[Any, Any]") -> None:
    """End without a word."""
    os._exit(3)


def test_a_neighbour_is_another_process_that_answers_and_is_gone_at_the_end() -> None:
    async def talk() -> tuple[int, object]:
        async with Neighbour(echo, "hello") as other:
            greeting, pid = await other.hear()
            assert (greeting, pid) == ("hello", other.pid)
            return pid, await other.ask("what", 3)

    pid, answer = asyncio.run(talk())
    assert answer == ("what", 3)
    with pytest.raises(OSError, match="No such process"):
        os.kill(pid, 0)


def test_what_goes_wrong_there_is_raised_here_in_our_words_or_in_its_own() -> None:
    async def hear(main: Any, *arguments: object) -> None:
        async with Neighbour(main, *arguments) as other:
            await other.hear()

    with pytest.raises(PackError, match="no such pack; get another"):
        asyncio.run(hear(fail, True))
    with pytest.raises(EngineError, match="ZeroDivisionError: by nothing"):
        asyncio.run(hear(fail, False))
    with pytest.raises(EngineError, match="died"):
        asyncio.run(hear(die))
