"""The settings file."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok


class File(msgspec.Struct, frozen=True):
    """Its path, whether it is there, and what is wrong with it."""

    path: str
    there: bool
    complaint: str


def look(patient: Patient) -> File:
    """What the patient was read from."""
    return File(patient.config, Path(patient.config).is_file(), patient.complaint)


def judge(seen: File) -> Iterator[Verdict]:
    """No file is well: every setting has a default."""
    if seen.complaint:
        yield fail(seen.complaint, f"correct {seen.path}, or move it away: the rest is looked at with the defaults")
    elif seen.there:
        yield ok(f"{seen.path} is sound")
    else:
        yield ok(f"the defaults; write {seen.path} to change them")


CHECK = Check("settings", look, judge)
