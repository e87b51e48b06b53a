"""What hears the band in a long run: it knows what sounds, and which message should never have come."""

from bridge.midi.messages import NoteOff, NoteOn, decode

Key = tuple[str, int, int]
"""Port, channel, pitch."""
UNSURE = 3.0
"""Seconds before a cable's loss was noticed in which offs may have been lost with it, and so are said again."""
PARDON = 1.0
"""Seconds in which such an off comes, once a cable is back or a wire has taken over."""


class BrokenPromiseError(AssertionError):
    """A promise to whoever listens was broken."""


class Devices:
    """Hears every port, and checks with each message that a note is opened and closed by turns.

    An off may come twice only where nobody can know whether the first arrived: a wire has died, or a cable was out. And
    when a cable comes back in the middle of a note, half of what was on its way for it arrives.
    """

    def __init__(self) -> None:
        self.open: set[Key] = set()
        """What was opened and not closed, as the ports wrote it."""
        self.rings: set[Key] = set()
        """What rings at the far end of the cables, some of which may be out."""
        self.notes = 0
        self._out: dict[str, float] = {}
        self._closed: dict[Key, float] = {}
        self._pardoned: dict[Key, float] = {}
        self._inherited: set[Key] = set()
        self._plugged: dict[str, float] = {}

    def hear(self, time: float, port: str, data: bytes) -> None:
        """A message was written to a port. Raises BrokenPromiseError."""
        match decode(data):
            case NoteOn(channel, pitch):
                self._on(time, (port, channel, pitch))
            case NoteOff(channel, pitch):
                self._off(time, (port, channel, pitch))
            case _:
                pass

    def pull(self, port: str, time: float) -> None:
        """A cable is pulled: what rings there rings on."""
        self._out.setdefault(port, time)

    def plug(self, port: str, time: float) -> None:
        """A cable is back: what may have been missed is closed once more."""
        since = self._out.pop(port, time) - UNSURE
        self._plugged[port] = time
        self._pardon({key for key, closed in self._closed.items() if key[0] == port and closed >= since}, time)
        self._pardon({key for key in self.rings | self._inherited if key[0] == port}, time)
        self._inherited = {key for key in self._inherited if key[0] != port}

    def bereave(self, marked: set[Key], time: float) -> None:
        """A wire takes over: it closes what the ledger of the last has marked, written or not."""
        self._pardon(marked, time)
        self._inherited |= {key for key in marked if key[0] in self._out}

    def forget(self, ports: set[str]) -> None:
        """Whoever could have known that the offs of just now went into cables that are out has died with it."""
        self.rings = {key for key in self.rings if key[0] not in ports or key in self.open}

    def _on(self, time: float, key: Key) -> None:
        if key in self.open and not self._just_plugged(key[0], time):
            raise BrokenPromiseError(f"{key} is struck again while it sounds, at {time:.4f} s")
        self.notes += 1
        self.open.add(key)
        self._pardoned.pop(key, None)
        if key[0] not in self._out:
            self.rings.add(key)

    def _off(self, time: float, key: Key) -> None:
        pardoned = time - self._pardoned.pop(key, float("-inf")) <= PARDON or self._just_plugged(key[0], time)
        if key not in self.open and not pardoned:
            raise BrokenPromiseError(f"{key} is closed though it does not sound, at {time:.4f} s")
        self.open.discard(key)
        self._closed[key] = time
        if key[0] not in self._out:
            self.rings.discard(key)

    def _just_plugged(self, port: str, time: float) -> bool:
        return time - self._plugged.get(port, float("-inf")) <= PARDON

    def _pardon(self, keys: set[Key], time: float) -> None:
        self._pardoned.update(dict.fromkeys(keys, time))
