"""The audio process: scenes in from the desk, sound out. It runs only where a sounding pack is chosen."""

import gc
import os
import sys
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from bridge.engine.limits import go_first
from bridge.link import Link, dial
from bridge.sound.scene import Scene, ToSound
from bridge.wire.protocol import Hello

SWITCH = 0.0002
"""Seconds after which the audio system's thread has its turn: it must not wait for a block that is being made."""


def run(address: str, key: bytes) -> None:
    """Serve until the desk hangs up."""
    sys.setswitchinterval(SWITCH)
    go_first()
    inbox: SimpleQueue[ToSound | None] = SimpleQueue()
    desk: Link[ToSound] = Link(dial(address, key), ToSound, inbox.put)
    desk.send(Hello("sound", os.getpid()))
    desk.start()
    from bridge.sound.house import House

    house = House(desk.send, time.perf_counter)
    gc.freeze()
    try:
        serve(house.handle, house.step, inbox)
    finally:
        house.close()
        desk.close(drain=0.2)
    os._exit(0)  # as the engine does: a session of ONNX Runtime that is torn down with threads alive can abort


def serve(handle: Callable[[ToSound], object], step: Callable[[], float], inbox: "SimpleQueue[ToSound | None]") -> None:
    """Take messages and steps in turn until the desk has hung up; of several scenes that wait the last counts."""
    wait = 0.0
    while True:
        scene: Scene | None = None
        try:
            message = inbox.get(timeout=wait) if wait > 0 else inbox.get_nowait()
            while True:
                if message is None:
                    return
                if isinstance(message, Scene):
                    scene = message
                else:
                    handle(message)
                message = inbox.get_nowait()
        except Empty:
            pass
        if scene is not None:
            handle(scene)
        wait = step()
