"""Processes that burn every core, as a DAW with too many plug-ins does."""

import contextlib
import os
import time
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from typing import Any

from bridge.bench.neighbour import Neighbour, alive

ROUND = 0.05
"""Seconds of arithmetic between two looks at whether it is over."""


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.asynccontextmanager
async def hogs(count: int | None = None) -> AsyncIterator[None]:
    """Burn `count` cores (None: all that there are) until the end."""
    async with contextlib.AsyncExitStack() as stack:
        burning = [await stack.enter_async_context(Neighbour(burn)) for _ in range(count or cores())]
        for hog in burning:
            await hog.hear()
        yield


def burn(pipe: "Connection[Any, Any]") -> None:
    """Compute nothing of use until the line is closed."""
    pipe.send("burning")
    number = 1
    while alive(pipe):
        until = time.perf_counter() + ROUND
        while time.perf_counter() < until:
            for _ in range(1000):
                number = (number * 1103515245 + 12345) & 0x7FFFFFFF
