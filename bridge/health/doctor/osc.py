"""The OSC port: free, ours, or somebody else's."""

import socket
from collections.abc import Iterator

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok
from bridge.osc.holder import holder


class Port(msgspec.Struct, frozen=True):
    """Where OSC is to be listened for; `trouble` is why it cannot be, `whose` who has it."""

    host: str
    port: int
    enabled: bool = True
    daemon: int = 0
    trouble: str = ""
    whose: str = ""
    config: str = ""


def look(patient: Patient) -> Port:
    """Try to have it, for a moment."""
    osc = patient.settings.osc
    seen = Port(osc.host, osc.port, osc.enabled, patient.daemon, config=patient.config)
    if not osc.enabled:
        return seen
    try:
        with socket.socket(socket.AF_INET6 if ":" in osc.host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((osc.host, osc.port))
    except OSError as error:
        return msgspec.structs.replace(seen, trouble=error.strerror or str(error), whose=holder(osc.port))
    return seen


def judge(seen: Port) -> Iterator[Verdict]:
    """Free before the start, ours after it."""
    where = f"{seen.host}:{seen.port}"
    ours = bool(seen.daemon) and (not seen.whose or seen.whose.endswith(f"process {seen.daemon}"))
    if not seen.enabled:
        yield ok("switched off in the settings")
    elif not seen.trouble:
        yield ok(f"{where} is free" if seen.port else "any free port")
    elif ours:
        yield ok(f"{where} is our daemon's")
    else:
        whose = f" by {seen.whose}" if seen.whose else ""
        yield fail(
            f"{where} cannot be had ({seen.trouble}): it is taken{whose}",
            f"end that program, or write to {seen.config}:\n[osc]\nport = {seen.port + 1}",
        )


CHECK = Check("osc", look, judge)
