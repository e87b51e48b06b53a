"""Where it is measured: processor, system, versions, and the MIDI system that the bench can use."""

import os
import platform
from pathlib import Path

from bridge.bench.hogs import cores
from bridge.bench.report import Machine
from bridge.engine.choice import runtime
from bridge.errors import PortError, SettingsError
from bridge.midi.system import choose

JACK, LOOPBACK = "jack", "loopback"


def machine(system: str, client: str) -> Machine:
    """This machine. `system` is "auto", "jack" or "loopback"; `client` a free name on JACK.

    Raises PortError where JACK was asked for and does not run, SettingsError for a system that cannot be measured.
    """
    midi, rate, period = _midi(system, client)
    return Machine(
        cpu=_cpu(),
        cores=cores(),
        os=platform.platform(terse=True),
        python=platform.python_version(),
        onnxruntime=runtime(),
        load_before=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        midi=midi,
        rate=rate,
        period=period,
    )


def _midi(system: str, client: str) -> tuple[str, int, int]:
    """The MIDI system, and rate and period of JACK's: other systems have nobody who could stamp from outside."""
    if system not in ("auto", JACK, LOOPBACK):
        raise SettingsError(f"the bench measures on JACK or on the loopback, not on {system}; leave --system out")
    if system != LOOPBACK:
        try:
            ports = choose(JACK, client=client).ports
        except PortError:
            if system == JACK:
                raise
        else:
            rate, period = getattr(ports, "rate", 0), getattr(ports, "period", 0)
            ports.close()
            if rate:
                return JACK, rate, period
    return LOOPBACK, 0, 0


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
