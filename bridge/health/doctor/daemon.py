"""The running daemon, and the folder it keeps its lock and ledger in."""

from collections.abc import Iterator

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn
from bridge.lock import HOLDER
from bridge.settings import HOME


class Lock(msgspec.Struct, frozen=True):
    """Where it is, who holds it (0: nobody), and whether somebody died with it."""

    folder: str
    process: int
    left: bool = False


def look(patient: Patient) -> Lock:
    """Who holds the lock."""
    if patient.state is None:
        return Lock("", 0)
    left = patient.daemon == 0 and (patient.state / HOLDER).exists()
    return Lock(str(patient.state), patient.daemon, left)


def judge(seen: Lock) -> Iterator[Verdict]:
    """One daemon or none."""
    if not seen.folder:
        yield fail("there is no folder for lock and ledger", f"set {HOME} to a folder that you can write to")
    elif seen.process:
        yield ok(f"running (process {seen.process}); its lock is in {seen.folder}")
    elif seen.left:
        yield warn(
            "not running; the last one was killed, and notes of it may still sound",
            "start it once (antiphon run): it closes what was left open",
        )
    else:
        yield ok("not running")


CHECK = Check("daemon", look, judge)
