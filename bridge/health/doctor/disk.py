"""Free disk where the state lies."""

import shutil
from collections.abc import Iterator

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn
from bridge.settings import HOME

LEAST_MB = 10
ROOM_MB = 200
"""For logs, takes and their sound."""


class Disk(msgspec.Struct, frozen=True):
    """The folder ("" where there can be none) and the megabytes free there."""

    folder: str
    free_mb: float = 0.0


def look(patient: Patient) -> Disk:
    """Ask the file system."""
    if patient.state is None:
        return Disk("")
    return Disk(str(patient.state), shutil.disk_usage(patient.state).free / 1e6)


def judge(seen: Disk) -> Iterator[Verdict]:
    """Some room for the ledger, and for what a session leaves."""
    other = f"make room, or set {HOME} to a folder on another disk"
    if not seen.folder:
        yield fail("there is no folder for the state", f"set {HOME} to a folder that you can write to")
    elif seen.free_mb < LEAST_MB:
        yield fail(f"{seen.free_mb:.0f} MB free at {seen.folder}", other)
    elif seen.free_mb < ROOM_MB:
        yield warn(f"{seen.free_mb:.0f} MB free at {seen.folder}", other)
    else:
        yield ok(f"{seen.free_mb / 1000:.1f} GB free at {seen.folder}")


CHECK = Check("disk", look, judge)
