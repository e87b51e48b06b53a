"""The scribe: the one thread that writes down what is liked, so that a slow disk costs the music nothing."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any

from bridge.errors import TasteError
from bridge.taste.store import Store

WAITING = 256
"""Jobs that may wait; beyond that the next ones are lost, and that is told."""
LOOK = 5.0
"""Seconds from one look at the file to the next, to see whether the command line has changed it."""
PATIENCE = 3.0
"""Seconds that the end waits for what is still to be written."""

Job = Callable[[Store], Any]


class Scribe:
    """Does jobs in order, each with the store; `hand_back` runs something on the caller's own thread.

    The file is made by the first job that there is. `changed` is done after another process has changed it.
    """

    def __init__(
        self,
        path: Path,
        hand_back: Callable[[Callable[[], object]], object],
        tell: Callable[[str], object],
        changed: Job | None = None,
        then: Callable[[Any], object] = lambda _: None,
    ) -> None:
        self._path = path
        self._hand_back = hand_back
        self._tell = tell
        self._changed = (changed, then)
        self._jobs: Queue[tuple[Job, Callable[[Any], object]] | None] = Queue(WAITING)
        self._told: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="taste", daemon=True)
        self._thread.start()

    def do(self, job: Job, then: Callable[[Any], object] = lambda _: None) -> None:
        """Have a job done, and `then` what it returns handed back; what goes wrong is told once."""
        try:
            self._jobs.put_nowait((job, then))
        except Full:
            self._say("likes come faster than the disk takes them; some are lost")

    def close(self) -> None:
        """Write what waits, and end."""
        self._over.set()
        with contextlib.suppress(Full):
            self._jobs.put_nowait(None)
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        store: Store | None = None
        version = 0
        while True:
            try:
                item = self._jobs.get(timeout=None if store is None else LOOK)
            except Empty:
                if store is None or self._version(store, version) == version or self._changed[0] is None:
                    continue
                item = (self._changed[0], self._changed[1])
            if item is None:
                break
            store = store or self._open()
            if store is not None:
                version = self._version(store, version)  # before the job: what comes meanwhile is seen later
                self._do(*item, store)
        if store is not None:
            store.close()

    def _open(self) -> Store | None:
        try:
            return Store(self._path)
        except TasteError as error:
            self._say(str(error))
            return None

    def _do(self, job: Job, then: Callable[[Any], object], store: Store) -> None:
        try:
            result = job(store)
            self._back(lambda: then(result))
        except TasteError as error:
            self._say(str(error))
        except Exception as error:  # whatever it was, the next like is to be kept all the same
            self._say(f"what you like could not be kept ({error!r}); the band plays on, but please report this")

    def _version(self, store: Store, before: int) -> int:
        """The store's version, which changes when another process has written to it."""
        try:
            return store.version
        except TasteError as error:
            self._say(str(error))
            return before

    def _say(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._back(lambda: self._tell(text))

    def _back(self, function: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the caller's loop has ended
            self._hand_back(function)
