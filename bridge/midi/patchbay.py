"""The cables of our JACK ports: what leads where, and what is plugged in again when it is back."""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from bridge.midi.naming import match
from bridge.midi.ports import IN, Connections, Deliver, PortNews

_GLANCE: Final = 0.002
"""Seconds that a caller waits for a look; one that lays no cable takes a twentieth of it."""
_PARTING: Final = 1.0
"""Seconds that closing waits for a look that is under way."""
_UNASKED: Final = 5
"""Calls for a look of which one is heeded though JACK has told of no change: not every server tells of everything."""


class Ears(NamedTuple):
    """Our in ports as a process callback has to look at them."""

    heard: tuple[object, ...]
    """Those that somebody may be heard on; to the others no cable leads but our own."""
    passed: tuple[tuple[object, int], ...]
    """The player's own port where nobody may be heard on it, and how many cables, all our own, it then has.

    JACK's news of one more may come later than what is played through it, unless its thread has real-time priority;
    of a controller's it is soon enough. To count costs nearly what a look at the port does.
    """


def prompt() -> bool:
    """Whether this thread, and so the one for JACK's news too, runs with real-time priority."""
    if sys.platform != "linux":
        return False
    return os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK in (os.SCHED_FIFO, os.SCHED_RR)


class Patchbay:
    """Looks at the cables of a JACK client on a thread of its own: whoever lays one waits for JACK's next period.

    `error` is what the client raises, `ins` whatever its process callback knows our in ports by, by name. What has
    changed is delivered as PortNews. `prompt` says whether JACK's news comes before anything is played.
    """

    def __init__(
        self,
        client: Any,
        error: type[Exception],
        deliver: Deliver,
        ins: Mapping[str, object] | None = None,
        prompt: Callable[[], bool] = prompt,
    ) -> None:
        self._client = client
        self._error = error
        self._deliver = deliver
        self._ins = dict(ins or {})
        self._prompt = prompt
        self.ears = Ears(tuple(self._ins.values()), ())
        """For the process callback to read in one go: another thread may change it at any time."""
        self._changes = 0
        self._seen = -1
        self._unasked = 0
        self.cables: Connections = {}
        """Our port -> JACK's full names of the ports it was connected to when last looked at."""
        self.awaited: Connections = {}
        """Our port -> the names of those that it will be connected to when they are there."""
        self._missing: dict[str, set[str]] = {}
        self._former: Connections | None = None
        self._asked = threading.Event()
        self._done = threading.Event()
        self._done.set()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="patchbay", daemon=True)

    def open(self) -> None:
        """Take the cables as they are and begin. Raises what the client raises."""
        self.cables = self._found()
        self._thread.start()

    def changed(self) -> None:
        """A port or a cable has come or gone: any in port may be played to from the next cycle on.

        Called by JACK's thread for such news; takes no time.
        """
        self._changes += 1
        self._hear_all()

    def look(self) -> None:
        """Have a look taken if there may be something to see; returns when it is done, or after a moment."""
        self._unasked += 1
        if self._seen == self._changes and self._unasked < _UNASKED:
            return
        self._unasked = 0
        if self._done.is_set():
            self._done.clear()
            self._asked.set()
        self._done.wait(_GLANCE)

    def restore(self, cables: Connections) -> None:
        """Have the cables of before laid again, as far as both ends are there; the rest when it is."""
        self.awaited = self._former = {port: others for port, others in cables.items() if port in self.cables}
        self._done.clear()
        self._asked.set()

    def connect(self, port: str, other: str) -> bool:
        """Lay a cable to the port most nearly called `other`; True when there is one. Waits for JACK."""
        joined = self._join(port, other, set(self._found().get(port, ())))
        self.cables = self._found()
        self.changed()  # without waiting until JACK says so
        return joined

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join(_PARTING)

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._closed:
                return
            former, self._former = self._former, None
            try:
                if former is not None:
                    self._lay_again(former)
                self._look()
            except self._error as error:
                self._deliver(PortNews("", "complaint", f"JACK does not list its ports: {error}"))
            self.awaited = {port: tuple(sorted(others)) for port, others in self._missing.items() if others}
            self._done.set()

    def _lay_again(self, former: Connections) -> None:
        """Lay the cables of before; whatever JACK makes of that, whoever asked for them is answered."""
        for port, others in former.items():
            self._missing.setdefault(port, set()).update(others)
        try:
            for port, others in former.items():
                for other in others:
                    if self._join(port, other, set(self.cables[port])):
                        self._missing[port].discard(other)
                    else:
                        self._deliver(PortNews(port, "lost", other))
            self.cables = self._found()
        finally:
            self._deliver(PortNews("", "restored"))

    def _look(self) -> None:
        """Note what has vanished from our ports, and connect what has come back."""
        changes, counts = self._changes, [port.number_of_connections for port in self._client.midi_inports]
        before, now = self.cables, self._found()
        present = {port.name for port in self._client.get_ports(is_midi=True)}
        self.cables = now
        found = []
        for port, others in now.items():
            connected = set(others)
            missing = self._missing.setdefault(port, set())
            for gone in set(before.get(port, ())) - connected - present:
                missing.add(gone)
                self._deliver(PortNews(port, "lost", gone))
            for gone in tuple(missing):
                if not self._closed and self._join(port, gone, connected):
                    missing.discard(gone)
                    found.append(PortNews(port, "found", gone))
        if found:
            self.cables = self._found()
        for news in found:  # only now that all are back: the first of a port has what was missed sent to each of them
            self._deliver(news)
        self._heed(changes, dict(zip(self._ins, counts, strict=False)))

    def _heed(self, changes: int, counts: Mapping[str, int]) -> None:
        """Pass over the in ports without a cable from outside, unless there was a change since `changes` of them.

        `counts` are the cables that there were at each, our own among them.
        """
        if self._changes == changes:
            alone = IN in counts and not self.cables.get(IN) and not self._prompt()
            self.ears = Ears(
                tuple(known for name, known in self._ins.items() if self.cables.get(name)),
                ((self._ins[IN], counts[IN]),) if alone else (),
            )
        if self._changes == changes:
            self._seen = changes
        else:  # it came just now, and may have been overruled
            self._hear_all()

    def _hear_all(self) -> None:
        self.ears = Ears(tuple(self._ins.values()), ())

    def _found(self) -> Connections:
        """The cables that there are, without those between our own ports."""
        client = self._client
        own = f"{client.name}:"
        return {
            port.shortname: tuple(
                sorted(other.name for other in client.get_all_connections(port) if not other.name.startswith(own))
            )
            for port in (*client.midi_inports, *client.midi_outports)
        }

    def _join(self, port: str, other: str, connected: set[str]) -> bool:
        """Lay a cable unless there is one."""
        client = self._client
        inward = any(ours.shortname == port for ours in client.midi_inports)
        offered = [
            found.name
            for found in client.get_ports(is_midi=True, is_output=inward, is_input=not inward)
            if not client.owns(found)
        ]
        name = match(other, offered)
        if name is None:
            return False
        if name not in connected:
            self.changed()
            own = f"{client.name}:{port}"
            try:
                client.connect(*((name, own) if inward else (own, name)))
            except self._error:
                return False
        return True
