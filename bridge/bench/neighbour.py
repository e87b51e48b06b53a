"""A process of the bench's own, beside the three: it does one thing, and is gone when it is closed.

What is measured must not share an interpreter with what measures it.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self

from bridge.errors import AntiphonError, EngineError

PATIENCE = 2.0
"""Seconds that it may take to end by itself."""


class Neighbour:
    """Runs `main(pipe, *arguments)`, a module's function, in a process of its own while `async with` lasts."""

    def __init__(self, main: Callable[..., None], *arguments: object) -> None:
        self._main = main
        self._arguments = arguments
        self._process: Any = None
        self._pipe: Connection[Any, Any] | None = None

    async def __aenter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._pipe = ours
        self._process = context.Process(target=_run, args=(self._main, theirs, self._arguments), daemon=True)
        # Ctrl-C reaches the whole group; what is ignored now stays ignored in the child, and we say when it ends.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, before)
        theirs.close()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._pipe is not None:
            self._pipe.close()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.to_thread(self._process.join, PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(PATIENCE)

    @property
    def pid(self) -> int:
        """Its process id."""
        return int(self._process.pid)

    async def ask(self, *words: object) -> Any:
        """Send words and wait for the answer to them. Raises EngineError where it has died."""
        self.say(*words)
        return await self.hear()

    def say(self, *words: object) -> None:
        """Send words that are not answered."""
        if self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send(words)

    async def hear(self) -> Any:
        """Its next answer; what went wrong there is raised here. Raises EngineError where it has died."""
        pipe = self._pipe
        if pipe is None:
            raise EngineError("it has not been started")
        while not pipe.poll():  # a thread in `recv` could not be called back when we are told to end
            await asyncio.sleep(0.005)
        try:
            answer = pipe.recv()
        except (EOFError, OSError):
            raise EngineError(f"a process of the bench died (code {self._process.exitcode}); try again") from None
        if isinstance(answer, Exception):
            raise answer
        return answer


def alive(pipe: "Connection[Any, Any]", seconds: float = 0.0) -> bool:
    """Whether the other end is there and has said nothing for so many seconds."""
    try:
        return not pipe.poll(seconds)
    except (OSError, EOFError):
        return False


def _run(main: Callable[..., None], pipe: "Connection[Any, Any]", arguments: tuple[object, ...]) -> None:
    """What the child does: `main`, whose exception goes back as an answer; it leaves without tearing anything down."""
    for name in ("SIGINT", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    try:
        main(pipe, *arguments)
    except (EOFError, BrokenPipeError):
        pass  # the bench has hung up
    except Exception as error:
        told = error if isinstance(error, AntiphonError) else EngineError(f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError):
            pipe.send(told)
    # A session of ONNX Runtime that is torn down with its threads alive can abort.
    os._exit(0)
