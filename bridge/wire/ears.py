"""The ears: engines that listen to the wire. One that has only just dialled in is told what was played last."""

import threading
from collections import deque
from typing import Protocol

from bridge.engine.protocol import Ear

LATELY = 64
"""Events that a new listener is told of: more than can be played while it dials in."""


class Listener(Protocol):
    """A link to an engine."""

    def send(self, message: Ear) -> bool:
        """Queue an event, never waiting; False where the link is over."""
        ...


class Ears:
    """Tells every listener what is played. Listeners come from another thread."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lately: deque[Ear] = deque(maxlen=LATELY)
        self._lock = threading.Lock()

    def join(self, listener: Listener) -> None:
        """Somebody listens from now on, and hears again what came last: it knows by their numbers what is new to it."""
        with self._lock:
            for ear in self._lately:
                listener.send(ear)
            self._listeners.append(listener)

    def tell(self, ear: Ear) -> None:
        """Something was played."""
        with self._lock:
            self._lately.append(ear)
            self._listeners = [listener for listener in self._listeners if listener.send(ear)]
