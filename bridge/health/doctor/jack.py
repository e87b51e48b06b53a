"""JACK or PipeWire: the library, the server, and how long a period is."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.errors import PortError
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn
from bridge.midi.jack import JackPorts, available
from bridge.midi.ports import CLIENT

LONGEST_MS = 6.0
"""A period above which the way of a note through the server is felt."""


class Jack(msgspec.Struct, frozen=True):
    """`library` is what its version calls itself, "" where it is missing; `rate` is 0 where no server runs."""

    platform: str
    asked: bool
    library: str = ""
    rate: int = 0
    period: int = 0
    pipewire: bool = False
    """Whether PipeWire runs in this session."""

    @property
    def is_pipewires(self) -> bool:
        """Whether the library that was found is PipeWire's."""
        return "pipewire" in self.library.casefold()


def look(patient: Patient) -> Jack:
    """Load the library, and ask the server for rate and period."""
    asked = patient.settings.midi.system == "jack"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    pipewire = bool(runtime) and (Path(runtime) / "pipewire-0").exists()
    if not available():
        return Jack(patient.platform, asked, pipewire=pipewire)
    import jack

    library = str(jack.version_string()) or "of no version"
    try:
        ports = JackPorts(None, f"{CLIENT} doctor")
    except PortError:
        return Jack(patient.platform, asked, library, pipewire=pipewire)
    try:
        return Jack(patient.platform, asked, library, ports.rate, ports.period, pipewire)
    finally:
        ports.close()


def judge(seen: Jack) -> Iterator[Verdict]:
    """A server with short periods is best; none is well where another system plays."""
    bad = fail if seen.asked else warn
    if not seen.library:
        if seen.platform != "linux" and not seen.asked:
            yield ok("not here, and not needed")
        else:
            needed = "pipewire-jack" if seen.pipewire else "libjack-jackd2-0"
            yield bad("JACK's library (libjack) is not on this machine", f"sudo apt install {needed}")
    elif not seen.rate:
        if seen.pipewire and not seen.is_pipewires:
            yield bad(
                "PipeWire runs, but the JACK library found here is not PipeWire's",
                "start Antiphon with: pw-jack antiphon run\nor make it so for all: sudo apt install pipewire-jack, "
                "then sudo cp /usr/share/doc/pipewire/examples/ld.so.conf.d/pipewire-jack-*.conf /etc/ld.so.conf.d/ "
                "&& sudo ldconfig",
            )
        elif seen.asked:
            yield fail("no JACK server runs", "jackd -d alsa -r 48000 -p 128")
        else:
            yield ok(f"library {seen.library} is here; no server runs")
    else:
        period_ms = seen.period / seen.rate * 1000
        whose = "PipeWire's" if seen.is_pipewires else "a"
        says = f"{whose} JACK server at {seen.rate} Hz, {seen.period} frames ({period_ms:.1f} ms) a period"
        if period_ms <= LONGEST_MS:
            yield ok(says)
        else:
            shorter = "pw-metadata -n settings 0 clock.force-quantum 128" if seen.is_pipewires else "jackd ... -p 128"
            yield warn(f"{says}: an answer takes at least one", f"make the period shorter: {shorter}")


CHECK = Check("jack", look, judge)
