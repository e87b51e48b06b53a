"""The MIDI system: which one Antiphon would use, and whether it can make ports of its own there."""

from collections.abc import Iterator

import msgspec

from bridge.errors import PortError
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn
from bridge.midi.naming import match
from bridge.midi.ports import CLIENT, IN
from bridge.midi.rtmidi import LOOPBACK
from bridge.midi.system import choose, scan

LINUX_FIX = """start a JACK server or PipeWire: sudo apt install jackd2 && jackd -d alsa -r 48000 -p 128
or, for ALSA's own ports: sudo modprobe snd-seq"""
WINDOWS_FIX = f"""Windows 11 24H2 or later: install Windows MIDI Services, which brings «{LOOPBACK}» and (B)
else install loopMIDI and make two ports in it, «{CLIENT} {IN}» and «{CLIENT} out»"""
FIXES = {
    "linux": LINUX_FIX,
    "win32": WINDOWS_FIX,
    "darwin": "open Audio MIDI Setup once, so that CoreMIDI starts",
}
SIGNS = ((f"{CLIENT} {IN}", LOOPBACK), (f"{CLIENT} out", LOOPBACK))
"""On Windows, where no program can make ports: names of which one of each row has to be there."""


class Midi(msgspec.Struct, frozen=True):
    """The system that was asked for and the one that would be used, why, and on Windows the ports there are."""

    platform: str
    asked: str
    used: str
    why: str
    trouble: str = ""
    names: tuple[str, ...] = ()


def look(patient: Patient) -> Midi:
    """Choose as the wire would, and open nothing."""
    asked = patient.settings.midi.system
    try:
        choice = choose(asked, opens=patient.settings.midi.opens)
    except PortError as error:
        return Midi(patient.platform, asked, "", "", str(error))
    try:
        system = choice.ports.system
    finally:
        choice.ports.close()
    names = tuple(info.name for info in scan("windows")) if system == "windows" else ()
    return Midi(patient.platform, asked, system, choice.why, names=names)


def judge(seen: Midi) -> Iterator[Verdict]:
    """Some system is well; the loopback is heard by nobody else."""
    fix = FIXES.get(seen.platform, LINUX_FIX)
    if seen.trouble:
        yield fail(f"«{seen.asked}» was asked for: {seen.trouble}", f'{fix}\nor set midi.system = "auto"')
    elif seen.used == "loopback" and seen.asked != "loopback":
        yield warn(seen.why, fix)
    elif seen.used == "windows" and (lacks := [row[0] for row in SIGNS if not any(match(n, seen.names) for n in row)]):
        yield fail(f"no port is there to be opened for {' and '.join(lacks)}", WINDOWS_FIX)
    else:
        yield ok(seen.why)


CHECK = Check("midi", look, judge)
