"""Which MIDI system to use, and what is on it."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from bridge.errors import PortError
from bridge.midi import jack, rtmidi
from bridge.midi.channels import ChannelPorts, Route
from bridge.midi.jack import JackPorts
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import CLIENT, PortInfo, Ports
from bridge.midi.rtmidi import RtMidiPorts

AUTO: Final = "auto"
NAMES: Final = (AUTO, "jack", "alsa", "coremidi", "windows", "loopback")
"""What a user can ask for."""

_NATIVE: Final = {"linux": "alsa", "darwin": "coremidi", "win32": "windows"}
Opens = Mapping[str, tuple[str, ...]]


class Choice(NamedTuple):
    """The ports chosen, not yet open, and why these: one line to be shown."""

    ports: Ports
    why: str


def choose(
    system: str = AUTO,
    *,
    opens: Opens | None = None,
    routes: Mapping[str, Route] | None = None,
    now: Callable[[], float] = time.perf_counter,
    client: str = CLIENT,
) -> Choice:
    """JACK if a server runs, else the machine's own system, else the built-in loopback; or the one asked for.

    `opens` names existing ports to open for ours (not on JACK), `routes` puts voices on channels of shared
    ports, `now` is the loopback's clock in seconds, `client` our name on JACK. Raises PortError where a system asked
    for is not there.
    """
    ports, why = _pick(system, opens or {}, now, client)
    return Choice(ChannelPorts(ports, routes), why) if routes else Choice(ports, why)


def scan(system: str = AUTO) -> list[PortInfo]:
    """The ports that `choose` would find, ours marked; none on the loopback. Raises PortError likewise."""
    if system not in NAMES:
        raise _unknown(system)
    for name in _candidates(system):
        try:
            return _scan_jack() if name == "jack" else _scan_rtmidi(name)
        except PortError:
            if system != AUTO:
                raise
    return []


def _pick(system: str, opens: Opens, now: Callable[[], float], client: str) -> Choice:
    """The first system that can be used. Raises PortError."""
    if system not in NAMES:
        raise _unknown(system)
    if system == "loopback":
        return Choice(LoopbackPorts(now), "the built-in loopback, as asked: no other program hears it")
    reasons = []
    for name in _candidates(system):
        try:
            return _jack(client) if name == "jack" else Choice(RtMidiPorts(name, opens), f"MIDI through {name}")
        except PortError as error:
            if system != AUTO:
                raise
            reasons.append(f"{name}: {error}")
    why = "no system MIDI here: using the built-in loopback; no other program hears it"
    return Choice(LoopbackPorts(now), f"{why} ({'. '.join(reasons)})")


def _candidates(system: str) -> tuple[str, ...]:
    """The systems to try, in order."""
    if system != AUTO:
        return () if system == "loopback" else (system,)
    native = _NATIVE.get(sys.platform)
    return ("jack", native) if native else ("jack",)


def _jack(client: str) -> Choice:
    """Our own JACK client, or rtmidi's where ours cannot be loaded. Raises PortError."""
    if jack.available():
        ports = JackPorts(client=client)
        return Choice(ports, f"JACK at {ports.rate} Hz, {ports.period} frames: notes leave at their exact frame")
    try:
        fallback = RtMidiPorts("jack")
    except PortError as error:
        raise PortError(jack.missing()) from error  # what is missing for the better way
    return Choice(fallback, "JACK through python-rtmidi: notes leave at the next period; JACK-Client would be exact")


def _scan_jack() -> list[PortInfo]:
    """JACK's ports by whichever way there is. Raises PortError."""
    return jack.scan() if jack.available() else _scan_rtmidi("jack")


def _scan_rtmidi(name: str) -> list[PortInfo]:
    """The ports python-rtmidi lists. Raises PortError."""
    ports = rtmidi.RtMidiPorts(name)
    try:
        return ports.scan()
    finally:
        ports.close()


def _unknown(system: str) -> PortError:
    """The error for a system that no one knows."""
    return PortError(f"there is no MIDI system called «{system}»; choose one of {', '.join(NAMES)}")
