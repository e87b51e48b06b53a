"""Ports on ALSA, CoreMIDI, Windows and (where our own client is missing) JACK, through python-rtmidi."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

from bridge.errors import PortError
from bridge.midi.device import Arrive, Device, Library, RtMidiLibrary
from bridge.midi.inlet import Inlet
from bridge.midi.naming import match, other_end
from bridge.midi.ports import (
    CLIENT,
    FEEDBACK,
    GUEST,
    IN,
    Connections,
    Deliver,
    PortInfo,
    PortNews,
    Written,
    connect_all,
)

LOOPBACK: Final = "Default App Loopback (A)"
"""One end of the pair that Windows MIDI Services has from the start; the music program takes the other."""


def windows_names(ins: tuple[str, ...], outs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The existing Windows ports to open for ours, in order of preference, where the settings name none."""
    names: dict[str, tuple[str, ...]] = {port: (f"{CLIENT} {port}",) for port in ins}
    names |= {port: (f"{CLIENT} {port}", f"{CLIENT} out", LOOPBACK) for port in outs if port not in (GUEST, FEEDBACK)}
    names |= {port: (f"{CLIENT} {port}",) for port in outs if port == FEEDBACK}
    return names | {IN: (f"{CLIENT} {IN}", LOOPBACK)}


class _End:
    """An existing port that is or is to be opened on behalf of ours; `wanted` are its names, best first."""

    __slots__ = ("device", "inward", "name", "ports", "wanted")

    def __init__(self, inward: bool, wanted: tuple[str, ...], ports: tuple[str, ...]) -> None:
        self.inward = inward
        self.wanted = wanted
        self.ports = ports
        self.device: Device | None = None
        self.name = ""


class RtMidiPorts:
    """Ports on one of `device.SYSTEMS`. Raises PortError where that system is not there.

    `opens` names existing ports to open for ours, in order of preference: beside the virtual ports where the
    system has those, instead of them where not (Windows).
    """

    horizon = 0.0
    detour = 0.0

    def __init__(
        self,
        system: str,
        opens: Mapping[str, tuple[str, ...]] | None = None,
        library: Library | None = None,
    ) -> None:
        self.system = system
        self._library = library or RtMidiLibrary(system)
        self._how = self._library.system
        self._opens = dict(opens or {})
        self._inlets: dict[str, Inlet] = {}
        self._virtual: dict[str, Device] = {}
        self._ends: list[_End] = []
        self._deliver: Deliver = _ignore
        self._lost = False

    def now(self) -> float:
        """Seconds of `perf_counter`."""
        return time.perf_counter()

    def open(self, ins: tuple[str, ...], outs: tuple[str, ...], deliver: Deliver) -> None:
        """Make our virtual ports, open the named ones, and wire `guest` to `in`. Raises PortError."""
        self._deliver = deliver
        self._inlets = {port: Inlet(port, deliver) for port in ins}
        opens = self._opens
        if self._how.virtual:
            for port in ins:
                self._virtual[port] = self._library.virtual(port, self._arrive((port,)))
            for port in outs:
                if port != GUEST:
                    self._virtual[port] = self._library.virtual(port, None)
        else:
            opens = windows_names(ins, outs) | opens
        for inward, ours in ((True, ins), (False, outs)):
            # Ports that want the same end share it, inputs too.
            for wanted in dict.fromkeys(opens[port] for port in ours if port in opens):
                sharing = tuple(port for port in ours if opens.get(port) == wanted)
                self._ends.append(_End(inward, wanted, sharing))
        self._attach(first=True)
        if GUEST in outs and GUEST not in opens and IN in ins:
            self._ends.append(_End(False, (self._way_in(),), (GUEST,)))
            self._attach()
        if not self._how.virtual and not (self._carried(True) and self._carried(False)):
            raise PortError(
                f"no MIDI port here is called «{CLIENT} {IN}» or «{CLIENT} out»; make these two in loopMIDI, "
                f"or install Windows MIDI Services, which brings «{LOOPBACK}»"
            )

    def send(self, port: str, due: float, data: bytes, token: int = -1) -> None:
        """Write `data` at once to everything that our port leads to; it is lost where nothing takes it."""
        device = self._virtual.get(port)
        sent = device is not None and device.write(data)
        for end in self._ends:
            if end.device is not None and not end.inward and port in end.ports:
                if end.device.write(data):
                    sent = True
                else:
                    self._lose(end)
        if not sent and port == GUEST and IN in self._inlets:
            # There is no way round through the system: the built-in player is heard all the same.
            self._inlets[IN].take(time.perf_counter(), data)
            sent = True
        if token >= 0:
            self._deliver(Written(token, max(0.0, time.perf_counter() - due), lost=not sent))

    def poll(self) -> None:
        """Notice what has vanished, and open again what is back under a name like its old one."""
        try:
            listed = {inward: self._library.names(inward) for inward in (True, False)}
        except PortError as error:
            if not self._lost:
                self._lost = True
                self._deliver(PortNews("", "system-lost", str(error)))
            return
        for end in self._ends:
            if end.device is not None and end.name not in listed[end.inward]:
                self._lose(end)
        self._attach()

    def connections(self) -> dict[str, tuple[str, ...]]:
        """Our port -> the existing ports opened for it; what others connected to it is not known here."""
        ours = dict.fromkeys((*self._inlets, *self._virtual, *(port for end in self._ends for port in end.ports)))
        return {
            port: tuple(end.name for end in self._ends if end.device is not None and port in end.ports)
            for port in ours
            if port != GUEST
        }

    def connect(self, port: str, other: str) -> bool:
        """Open the port that is most nearly called `other` for ours as well; True when it now is."""
        if other in self.connections().get(port, ()):
            return True
        end = _End(port in self._inlets, (other,), (port,))
        if self._open_end(end):
            return False
        self._ends.append(end)
        return True

    def restore(self, connections: Connections) -> None:
        """Open again what was open for our ports."""
        connect_all(self, connections, self._deliver)

    def close(self) -> None:
        """Let the last messages leave, then close outs, then inputs, never waiting for ever."""
        time.sleep(self._how.settle)
        devices = [(port in self._inlets, device) for port, device in self._virtual.items()]
        devices += {id(end.device): (end.inward, end.device) for end in self._ends if end.device}.values()
        self._virtual, self._ends = {}, []
        for _, device in sorted(devices, key=lambda pair: pair[0]):
            device.close()
        self._library.close()

    def scan(self) -> list[PortInfo]:
        """Every port that this system lists, ours marked. Raises PortError."""
        return [
            PortInfo(name, "in" if inward else "out", name.startswith(CLIENT))
            for inward in (True, False)
            for name in self._library.names(inward)
        ]

    def _arrive(self, ports: tuple[str, ...]) -> Arrive:
        """What an input calls to deliver to these ports of ours."""
        inlets = tuple(self._inlets[port] for port in ports)

        def arrive(message: Sequence[int]) -> None:
            stamp = time.perf_counter()
            data = bytes(message)
            for inlet in inlets:
                inlet.take(stamp, data)

        return arrive

    def _attach(self, first: bool = False) -> None:
        """Open every end that is not open and whose port is there; say only at first what is missing."""
        for end in self._ends:
            if end.device is not None:
                continue
            known = bool(end.name)
            reason = self._open_end(end)
            for port in end.ports:
                if reason and first:
                    self._deliver(PortNews(port, "lost", reason))
                elif not reason and not first and (known or port != GUEST):
                    self._deliver(PortNews(port, "found", end.name))

    def _open_end(self, end: _End) -> str:
        """Open an end if a port of a wanted name is there; else why not."""
        try:
            # Our own ports are never opened as inputs, and as an output only `in`, by the guest.
            offered = [
                name
                for name in self._library.names(end.inward)
                if end.ports == (GUEST,) or not (self._how.virtual and name.startswith(CLIENT))
            ]
            name = next((found for wanted in end.wanted if (found := match(wanted, offered))), None)
            if name is None:
                return f"there is no port called «{'» or «'.join(end.wanted)}»"
            arrive = self._arrive(end.ports) if end.inward else None
            end.device = self._opened_out(name) if arrive is None else None
            if end.device is None:
                end.device = self._library.onto(name, end.ports[0], arrive)
        except PortError as error:
            return str(error)
        end.name = name
        return ""

    def _opened_out(self, name: str) -> Device | None:
        """The device of an out that is open already: a Windows driver may let a port be opened only once."""
        return next((end.device for end in self._ends if not end.inward and end.name == name and end.device), None)

    def _way_in(self) -> str:
        """The name of the out port whose other side our `in` listens to."""
        opened = next((end.name for end in self._ends if end.inward and IN in end.ports and end.name), "")
        return other_end(opened) if opened and not self._how.virtual else self._how.seen.format(port=IN)

    def _carried(self, inward: bool) -> bool:
        """Whether anything but the guest is open in this direction."""
        return any(end.device is not None and end.inward == inward for end in self._ends)

    def _lose(self, end: _End) -> None:
        """Give an end up until it is found again."""
        device, end.device = end.device, None
        for port in end.ports:
            self._deliver(PortNews(port, "lost", end.name))
        if device is not None and all(other.device is not device for other in self._ends):
            device.close()


def _ignore(_: object) -> None:
    """Nobody listens before the ports are open."""
