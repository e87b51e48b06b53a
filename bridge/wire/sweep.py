"""The sweep: what the ledger has marked as sounding and nobody else closes.

A wire before this one was killed, or what listens to a port went away: the marks stay until an off has surely
been taken.
"""

from msgspec.structs import replace

from bridge.midi.ledger import Ledger, Left
from bridge.midi.messages import SUSTAIN, ControlChange, NoteOff, decode
from bridge.midi.ports import GUEST
from bridge.wire.flight import Handed, Key, Lifted, Swept

UNNOTICED = 2.0
"""Seconds for which nobody may have noticed that a listener is gone; ports are looked at once a second."""

Message = tuple[str, bytes, Handed | None]
"""Port, message, and what its being written means."""


class Sweep:
    """Knows which offs a listener that went away may have missed. Times in seconds of the ports."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._owed: set[Key] = set()
        self._closed: dict[Key, float] = {}

    def everything(self, spoken_for: set[Key]) -> list[Message]:
        """Offs of the marked notes but those spoken for, pedals up, then CC 123 and 120 on each used channel."""
        left = self._ledger.left()
        left = replace(
            left,
            notes=tuple(key for key in left.notes if key not in spoken_for),
            # The guest is wired to our own input, where those two would mean a panic.
            channels=tuple(channel for channel in left.channels if channel[0] != GUEST),
        )
        return [(port, data, _meaning(port, data)) for port, data in left.closing_messages()]

    def lost(self, port: str, now: float) -> None:
        """What sounds on a port, or was closed just before, is owed an off to what went away."""
        for key, closed in self._closed.items():
            if key[0] == port and now - closed < UNNOTICED:
                self._ledger.on(*key)
        self._owed |= {key for key in self._ledger.sounding() if key[0] == port}

    def found(self, port: str, spoken_for: set[Key]) -> list[Message]:
        """The offs that are owed on a port, but those spoken for."""
        self._owed = {key for key in self._owed if key[0] != port}
        left = Left(tuple(key for key in self._ledger.sounding() if key[0] == port and key not in spoken_for))
        return [(port, data, _meaning(port, data)) for port, data in left.closing_messages()]

    def give_up_lost(self) -> None:
        """Nothing is owed any more."""
        self._owed.clear()

    def closed(self, key: Key, now: float) -> None:
        """An off was written: clear its mark, unless one who is away has not heard it."""
        if key not in self._owed:
            self._ledger.off(*key)
            self._closed[key] = now


def _meaning(port: str, data: bytes) -> Handed | None:
    """What ends when a closing message is written; nothing that the ledger knows where it is only to make sure."""
    match decode(data):
        case NoteOff(channel, pitch):
            return Swept((port, channel, pitch))
        case ControlChange(channel, control) if control == SUSTAIN:
            return Lifted(port, channel)
        case _:
            return None
