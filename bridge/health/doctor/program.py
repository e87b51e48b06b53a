"""Which Antiphon this is."""

import platform
import sys
from collections.abc import Iterator

import msgspec

from bridge import __version__
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, ok, warn


class Program(msgspec.Struct, frozen=True):
    """Versions, where the program lies, and on what it runs."""

    version: str
    python: tuple[int, int]
    frozen: bool
    path: str
    system: str


def look(patient: Patient) -> Program:
    """What runs here."""
    return Program(
        __version__, sys.version_info[:2], patient.frozen, sys.executable, f"{platform.system()} {platform.release()}"
    )


def judge(seen: Program) -> Iterator[Verdict]:
    """Any is well that has the right Python."""
    python = ".".join(map(str, seen.python))
    made = "ready-made" if seen.frozen else f"on Python {python}"
    says = f"Antiphon {seen.version}, {made}, {seen.path}, {seen.system}"
    if (3, 11) <= seen.python < (3, 13):
        yield ok(says)
    else:
        yield warn(says, f"Python {python} is not one it is tested with: make its environment with 3.11 or 3.12")


CHECK = Check("antiphon", look, judge)
