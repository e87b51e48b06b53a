"""python-rtmidi, and nothing of it anywhere else: devices made, opened, written to and closed.

A successor to that package can take its place here. Whatever it raises leaves this module as a PortError.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from bridge.errors import PortError
from bridge.midi.ports import CLIENT

_CLOSING: Final = 1.0
"""Seconds given to closing inputs: the library can wait for ever where closing meets a callback."""

Arrive = Callable[[Sequence[int]], None]
"""Is called on the library's thread with the bytes of a message, and must stamp them first thing."""


class System(msgspec.Struct, frozen=True):
    """How one MIDI system is spoken to: rtmidi's constant for it, and what our ports are called on it."""

    api: str
    client: str
    port: str
    seen: str
    """The name under which a port of ours is listed."""
    virtual: bool = True
    settle: float = 0.0
    """Seconds from handing a message over until it has surely left."""


SYSTEMS: Final[dict[str, System]] = {
    "alsa": System("API_LINUX_ALSA", CLIENT, "{port}", f"{CLIENT}:{{port}}"),
    "coremidi": System("API_MACOSX_CORE", CLIENT, f"{CLIENT} {{port}}", f"{CLIENT} {{port}}"),
    "windows": System("API_WINDOWS_MM", CLIENT, "{port}", "", virtual=False),
    # Every rtmidi object is a JACK client of its own, so each is named by its port.
    "jack": System("API_UNIX_JACK", f"{CLIENT}-{{port}}", "{port}", f"{CLIENT}-{{port}}:{{port}}", settle=0.05),
}


class Device(Protocol):
    """One open port of the library."""

    def write(self, data: bytes) -> bool:
        """Send a message; False where the library says it could not."""
        ...

    def close(self) -> None:
        """Close it, never waiting for ever."""
        ...


class Library(Protocol):
    """What RtMidiPorts needs of python-rtmidi."""

    system: System

    def names(self, inward: bool) -> list[str]:
        """The ports that can be listened to (inward) or played to. Raises PortError."""
        ...

    def virtual(self, port: str, arrive: Arrive | None) -> Device:
        """Make a port of ours: an input where there is someone to call, else an output. Raises PortError."""
        ...

    def onto(self, name: str, port: str, arrive: Arrive | None) -> Device:
        """Open an existing port by its full name on behalf of ours. Raises PortError."""
        ...

    def close(self) -> None:
        """Let go of the library."""
        ...


class RtMidiDevice:
    """A Device of python-rtmidi."""

    def __init__(self, device: Any, errors: tuple[type[Exception], ...], inward: bool) -> None:
        self._device = device
        self._errors = errors
        self._inward = inward

    def write(self, data: bytes) -> bool:
        """Send a message; False where the library says it could not."""
        try:
            self._device.send_message(data)
        except self._errors:
            return False
        return True

    def close(self) -> None:
        """Close and free it; an input in a thread that is left behind if it hangs."""
        if not self._inward:
            self._shut()
            return
        thread = threading.Thread(target=self._shut, name="closing a MIDI input", daemon=True)
        thread.start()
        thread.join(_CLOSING)

    def _shut(self) -> None:
        """Close and free it; what fails about that no longer matters."""
        with contextlib.suppress(*self._errors):
            if self._inward:
                self._device.cancel_callback()
            self._device.close_port()
            self._device.delete()


class RtMidiLibrary:
    """python-rtmidi on one of SYSTEMS, with two long-lived devices to list ports by.

    Raises PortError where the package or that system is missing.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.system = SYSTEMS[name]
        self._rtmidi: Any = _rtmidi()
        self._errors: tuple[type[Exception], ...] = (
            self._rtmidi.RtMidiError,
            OSError,
            RuntimeError,
            ValueError,
        )
        self._api: int = getattr(self._rtmidi, self.system.api)
        if self._api not in self._rtmidi.get_compiled_api():
            raise PortError(f"this build of python-rtmidi knows no {name}; choose another MIDI system")
        if name == "alsa" and not Path("/dev/snd/seq").exists():
            raise PortError("ALSA has no sequencer here; load it (modprobe snd-seq) or choose another system")
        self._probes = {inward: self._device(inward, "probe") for inward in (True, False)}

    def names(self, inward: bool) -> list[str]:
        """The ports that can be listened to (inward) or played to. Raises PortError."""
        try:
            names: list[str] = self._probes[inward].get_ports()
        except self._errors as error:
            raise self._failure("does not list its ports", error) from error
        return names

    def virtual(self, port: str, arrive: Arrive | None) -> Device:
        """Make a port of ours: an input where there is someone to call, else an output. Raises PortError."""
        device = self._listening(port, arrive)
        try:
            device.open_virtual_port(self.system.port.format(port=port))
        except self._errors as error:
            device.delete()
            raise self._failure(f"would not make our port {port}", error) from error
        return RtMidiDevice(device, self._errors, arrive is not None)

    def onto(self, name: str, port: str, arrive: Arrive | None) -> Device:
        """Open an existing port by its full name on behalf of ours. Raises PortError."""
        names = self.names(arrive is not None)
        device = self._listening(port, arrive)
        try:
            with _quiet():
                device.open_port(names.index(name), self.system.port.format(port=port))
        except self._errors as error:
            device.delete()
            raise self._failure(f"would not open {name} (another program may hold it)", error) from error
        return RtMidiDevice(device, self._errors, arrive is not None)

    def close(self) -> None:
        """Free the devices that list ports."""
        for inward, probe in self._probes.items():
            RtMidiDevice(probe, self._errors, inward).close()
        self._probes = {}

    def _device(self, inward: bool, port: str) -> Any:
        """A new object of the library, not yet opened. Raises PortError."""
        kind = self._rtmidi.MidiIn if inward else self._rtmidi.MidiOut
        try:
            with _quiet():
                return kind(self._api, name=self.system.client.format(port=port))
        except self._errors as error:
            raise self._failure("cannot be used", error) from error

    def _listening(self, port: str, arrive: Arrive | None) -> Any:
        """A new object that calls `arrive` for whatever comes, clock and SysEx included. Raises PortError."""
        device = self._device(arrive is not None, port)
        if arrive is not None:
            device.ignore_types(sysex=False, timing=False, active_sense=True)
            device.set_callback(lambda event, _: arrive(event[0]))
        return device

    def _failure(self, what: str, error: Exception) -> PortError:
        """The error for something that went wrong on the library's C side."""
        return PortError(f"{self._name} {what}: {error}; check that it runs, or choose another MIDI system")


def _rtmidi() -> Any:
    """The `rtmidi` module. Raises PortError where it or what it links to is missing."""
    try:
        import rtmidi
    except ImportError as error:
        raise PortError(
            f"python-rtmidi does not load ({error}); install it (pip install python-rtmidi), and libasound2 on Linux"
        ) from error
    return rtmidi


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the C libraries' own lines off the terminal: the error that follows says what is wrong."""
    sys.stderr.flush()
    kept, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)
