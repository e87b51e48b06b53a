"""The engine process: messages in from the desk and from the wire's ears, notes out."""

import contextlib
import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from queue import Empty, SimpleQueue

from bridge.engine.limits import confine, go_first, release
from bridge.engine.protocol import Ear, Fault, FromEngine, Listen, Load, Loaded, ToEngine, Unloaded
from bridge.link import Link, dial
from bridge.wire.protocol import Hello

SWITCH = 0.0005
"""Seconds after which another thread may have its turn: a pack that is being loaded must not hold up a note."""
IN_A_ROW = 16
"""Messages taken before a note that is owed is worked on: a flood of ears must not keep the band from answering."""

Item = ToEngine | Callable[[], None] | None
"""A message, something that another thread wants done here, or None: the desk has hung up."""


def run(address: str, key: bytes) -> None:
    """Serve until the desk hangs up."""
    sys.setswitchinterval(SWITCH)
    go_first()
    inbox: SimpleQueue[Item] = SimpleQueue()
    desk: Link[ToEngine] = Link(dial(address, key), ToEngine, inbox.put)
    desk.send(Hello("engine", os.getpid()))
    desk.start()

    # What takes long to import comes when the desk knows of us already.
    from bridge.engine.engine import Engine
    from bridge.engine.shelf import open_pack

    with contextlib.suppress(ImportError):  # told when a pack is to be loaded
        import onnxruntime  # noqa: F401
    gc.freeze()  # what was imported stays: no collection need look through it

    crowd = Crowd()
    engine = Engine(open_pack, crowd.then(desk.send), time.perf_counter, time.thread_time, aside=Loader(inbox.put))
    ears: Link[Ear] | None = None

    def hear(ear: Ear | None) -> None:
        if ear is not None:
            inbox.put(ear)

    taken = 0
    while desk.alive:
        try:
            if engine.busy and taken >= IN_A_ROW:
                raise Empty
            if not engine.busy and inbox.empty():
                crowd.tidy()
            message = inbox.get_nowait() if engine.busy else inbox.get()
        except Empty:
            taken = 0
            engine.work()
            continue
        taken += 1
        if message is None:
            break
        if isinstance(message, Listen):
            if ears is not None:
                ears.close()
            try:
                ears = _listen(message, hear)
            except (OSError, EOFError, AuthenticationError) as error:
                desk.send(Fault(f"the engine cannot hear the wire ({error}); it plays from what the desk tells it"))
        elif callable(message):
            message()
        else:
            if isinstance(message, Load):
                confine(message.memory, message.provider)
            engine.handle(message)
    # A session of ONNX Runtime that is torn down with its threads alive can abort: leave without that.
    os._exit(0)


class Crowd:
    """Gives back what packs that are gone have left: models are full of circles, and each holds its weights."""

    def __init__(self) -> None:
        self._changed = False

    def then(self, say: Callable[[FromEngine], object]) -> Callable[[FromEngine], object]:
        """`say`, watched for packs that come and go."""

        def watched(message: FromEngine) -> object:
            self._changed = self._changed or isinstance(message, Loaded | Unloaded | Fault)
            return say(message)

        return watched

    def tidy(self) -> None:
        """Clear up, if there can be something; when there is nothing else to do."""
        if self._changed:
            self._changed = False
            gc.collect()
            release()


class Loader:
    """A thread that opens packs one after another, and hands what is to follow back to the engine's own thread."""

    def __init__(self, hand_back: Callable[[Callable[[], None]], object]) -> None:
        self._hand_back = hand_back
        self._jobs: SimpleQueue[tuple[Callable[[], None], Callable[[], None]]] = SimpleQueue()
        threading.Thread(target=self._serve, name="loader", daemon=True).start()

    def __call__(self, work: Callable[[], None], then: Callable[[], None]) -> None:
        """Queue a job."""
        self._jobs.put((work, then))

    def _serve(self) -> None:
        while True:
            work, then = self._jobs.get()
            work()
            self._hand_back(then)
            del work, then  # they hold the pack, which may be let go before the next one comes


def _listen(where: Listen, hear: Callable[[Ear | None], None]) -> Link[Ear]:
    link: Link[Ear] = Link(dial(where.address, where.key), Ear, hear)
    return link.start()
