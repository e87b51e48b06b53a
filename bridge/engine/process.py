"""The engine process: messages in from the desk and from the wire's ears, notes out."""

import gc
import os
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from queue import Empty, SimpleQueue

from bridge.engine.engine import Engine
from bridge.engine.protocol import Ear, Fault, Listen, ToEngine
from bridge.engine.shelf import open_pack
from bridge.link import Link, dial
from bridge.wire.protocol import Hello


def run(address: str, key: bytes) -> None:
    """Serve until the desk hangs up."""
    inbox: SimpleQueue[ToEngine | None] = SimpleQueue()
    desk: Link[ToEngine] = Link(dial(address, key), ToEngine, inbox.put)
    desk.send(Hello("engine", os.getpid()))
    engine = Engine(open_pack, desk.send, time.perf_counter)
    ears: Link[Ear] | None = None

    def hear(ear: Ear | None) -> None:
        if ear is not None:
            inbox.put(ear)

    desk.start()
    gc.freeze()
    while desk.alive:
        try:
            message = inbox.get_nowait() if engine.busy else inbox.get()
        except Empty:
            engine.work()
            continue
        if message is None:
            break
        if isinstance(message, Listen):
            if ears is not None:
                ears.close()
            try:
                ears = _listen(message, hear)
            except (OSError, EOFError, AuthenticationError) as error:
                desk.send(Fault(f"the engine cannot hear the wire ({error}); it plays from what the desk tells it"))
            continue
        engine.handle(message)
    # A session of ONNX Runtime that is torn down with its threads alive can abort: leave without that.
    os._exit(0)


def _listen(where: Listen, hear: Callable[[Ear | None], None]) -> Link[Ear]:
    link: Link[Ear] = Link(dial(where.address, where.key), Ear, hear)
    return link.start()
