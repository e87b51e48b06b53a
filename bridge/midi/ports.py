"""The one small interface to a MIDI system. Behind it: `rtmidi`, `jack`, `loopback`.

All of it runs inside the wire process. Callbacks come on the system's threads; they stamp and append only.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

IN = "in"
CONTROL = "control"
FEEDBACK = "feedback"
"""The out port that shows controllers where their values are."""
GUEST = "guest"
"""The out port of the built-in player: it is wired to our own `in`."""

MOST_CONTROLS = 8

CLIENT = "Antiphon"
"""The name under which our ports are seen."""


def controls(count: int) -> tuple[str, ...]:
    """The names of so many control ports: `control`, `control 2` and so on."""
    return (CONTROL, *(f"{CONTROL} {number}" for number in range(2, count + 1)))


class Arrival(msgspec.Struct, frozen=True):
    """A complete MIDI message that came in on one of our ports, stamped first thing in the callback."""

    port: str
    time: float
    data: bytes


class Written(msgspec.Struct, frozen=True):
    """The port wrote the message handed over with `token`, `late` seconds after its due time (0 = exact).

    With `lost` it could not: our port leads nowhere now, or for good.
    """

    token: int
    late: float
    lost: bool = False


class PortNews(msgspec.Struct, frozen=True):
    """Something about a port changed: `what` is one of "lost", "found", "restored", "system-lost", "complaint".

    "lost" and "found" are about one of those that our port leads to; whether any is left is said message by message
    (`Written.lost`). "restored" answers `Ports.restore`. A complaint says in `detail` what came or went wrong on a port
    that works on; "system-lost" ends them all.
    """

    port: str
    what: str
    detail: str = ""


Connections = dict[str, tuple[str, ...]]
"""Our port -> the system's names of the ports at the other ends of its cables."""

Deliver = Callable[[Arrival | Written | PortNews], None]
"""Where a port system puts what happens; called from any thread, must only append."""


def connect_all(ports: "Ports", connections: Connections, deliver: "Deliver") -> None:
    """What `Ports.restore` does where a connection is made at once."""
    for port, others in connections.items():
        for other in others:
            if not ports.connect(port, other):
                deliver(PortNews(port, "lost", other))
    deliver(PortNews("", "restored"))


class PortInfo(msgspec.Struct, frozen=True):
    """One line of `antiphon ports`."""

    name: str
    direction: str
    """"in" (we could listen to it) or "out" (we could play to it), seen from us."""
    ours: bool = False
    connected: tuple[str, ...] = ()


class Ports(Protocol):
    """Our ports on one MIDI system: inputs `in` and `control`, one output a voice."""

    @property
    def system(self) -> str:
        """ "jack", "alsa", "coremidi", "windows" or "loopback"."""
        ...

    @property
    def horizon(self) -> float:
        """Seconds before its due time at which a message may be handed to `send` (0: send writes at once)."""
        ...

    @property
    def detour(self) -> float:
        """Seconds that only a way in a circle takes, from an out of ours through others to an in of ours."""
        ...

    def now(self) -> float:
        """Seconds of this system's timebase: frames of JACK's clock, else `perf_counter`."""
        ...

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        """Create or open our ports. Raises PortError."""
        ...

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        """Write `data` at time `due`. Never blocks, never raises.

        A token >= 0 is answered by exactly one `Written` while the ports are open, by their closing at the latest.
        """
        ...

    def poll(self) -> None:
        """Look for vanished and returned ports (about once a second, from the wire's loop); never waits.

        To one that was found, a message is to be due no sooner than the horizon from now.
        """
        ...

    def connections(self) -> Connections:
        """Our port -> the other ends it is connected to, or will be as soon as they are back."""
        ...

    def connect(self, port: str, other: str) -> bool:
        """Connect our port to another by its system name; True when it now is."""
        ...

    def restore(self, connections: Connections) -> None:
        """Connect our ports as they were, as far as the others are there; never waits, `PortNews` says when it is done.

        What is not there counts as lost, and is connected when it is found.
        """
        ...

    def close(self) -> None:
        """Let what was sent go out (two periods), then close every port."""
        ...
