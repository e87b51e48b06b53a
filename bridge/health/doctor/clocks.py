"""Who keeps time: asked of the running daemon, else guessed from the ports that could bring a clock."""

import socket
from collections.abc import Iterator, Mapping

import msgspec
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.errors import PortError
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, ok, warn
from bridge.midi.system import scan
from bridge.osc.address import STATUS

PATIENCE = 0.5
"""Seconds the daemon has to answer."""
UNSTEADY_MS = 5.0
"""How far ticks may stray (rms) before a clock counts as unsteady."""
READINGS = ("clock", "tempo", "clock_error_ms", "playing")


class Clocks(msgspec.Struct, frozen=True):
    """What the daemon says of its clock ({} where it does not answer), and the ports that look like clocks."""

    setting: str
    daemon: bool = False
    readings: Mapping[str, object] = {}
    ports: tuple[str, ...] = ()


def look(patient: Patient) -> Clocks:
    """Ask the daemon over OSC, and list the ports."""
    setting = str(patient.settings.knobs.get("clock", "auto"))
    osc = patient.settings.osc
    readings = ask(osc.host, osc.port) if patient.daemon and osc.enabled and osc.port else {}
    try:
        names = [port.name for port in scan(patient.settings.midi.system)]
    except PortError:
        names = []
    return Clocks(setting, bool(patient.daemon), readings, tuple(name for name in names if "clock" in name.casefold()))


def judge(seen: Clocks) -> Iterator[Verdict]:
    """Our own clock is always there; another is well as long as it is steady."""
    if seen.readings:
        leads, tempo = seen.readings.get("clock"), seen.readings.get("tempo")
        error = seen.readings.get("clock_error_ms")
        rolls = "rolls" if seen.readings.get("playing") else "stands"
        says = f"the {leads} clock leads at {tempo} BPM, and {rolls}"
        if isinstance(error, float) and error > UNSTEADY_MS:
            yield warn(
                f"{says}; its ticks stray by {error:.1f} ms",
                "send the clock through a port of this machine and not a USB interface, or make audio periods shorter",
            )
        else:
            yield ok(says)
    else:
        silent = "; the daemon did not answer over OSC" if seen.daemon else ""
        yield ok(f"set to «{seen.setting}»; our own clock is always there{silent}")
    if seen.ports:
        yield ok(f"MIDI clock could come from {', '.join(seen.ports)}")


def ask(host: str, port: int, patience: float = PATIENCE) -> dict[str, object]:
    """The daemon's own readings; {} where it does not answer. Raises OSError."""
    answers: dict[str, object] = {}
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(patience)
        line.connect(("127.0.0.1" if host == "0.0.0.0" else host, port))
        for reading in READINGS:
            line.send(OscMessageBuilder(f"{STATUS}/{reading}").build().dgram)
        try:
            while len(answers) < len(READINGS):
                message = OscMessage(line.recv(65536))
                answers[message.address.rpartition("/")[2]] = next(iter(message.params), None)
        except OSError:
            return answers
    return answers


CHECK = Check("clock", look, judge)
