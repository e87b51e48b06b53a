"""Ableton Link: whether the extra that brings it is there."""

import importlib.util
from collections.abc import Iterator

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok


class Extra(msgspec.Struct, frozen=True):
    """Whether it is there and whether it was asked for, and how to get it."""

    there: bool
    asked: bool
    how: str


def look(patient: Patient) -> Extra:
    """Look for the package; it is not loaded."""
    there = importlib.util.find_spec("link") is not None
    return Extra(there, patient.settings.knobs.get("clock") == "link", patient.install("link"))


def judge(seen: Extra) -> Iterator[Verdict]:
    """It is optional, and comes under another licence: nobody is told to take it who did not ask."""
    if seen.there:
        yield ok("Ableton Link is here (the link extra, GPL-2.0-or-later)")
    elif seen.asked:
        yield fail("Ableton Link is to lead, but the link extra is not installed", seen.how)
    else:
        yield ok("no Ableton Link (optional; it is under the GPL and never in our packages)")


CHECK = Check("link", look, judge)
