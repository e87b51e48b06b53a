"""Real-time priority: whether the wire gets it, and what to write where if not."""

import getpass
import os
import sys
from collections.abc import Iterator

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, ok, warn
from bridge.wire.priority import FIFO

FILE = "/etc/security/limits.d/95-antiphon.conf"
LINES = ("@audio - rtprio 95", "@audio - memlock unlimited")


class Priority(msgspec.Struct, frozen=True):
    """Whether it was granted, and on Linux the highest the limits allow and whether the user is of group audio."""

    platform: str
    granted: bool = False
    limit: int = 0
    audio: bool = False
    user: str = "$USER"


def look(patient: Patient) -> Priority:
    """Ask for it on this thread, which ends after it."""
    if patient.platform != "linux" or sys.platform != "linux":
        return Priority(patient.platform, granted=True)
    import grp
    import resource

    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(FIFO))
        granted = True
    except OSError:
        granted = False
    try:
        audio = grp.getgrnam("audio").gr_gid in (*os.getgroups(), os.getegid())
    except KeyError:
        audio = False
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no such user in a bare root
        user = "$USER"
    return Priority("linux", granted, resource.getrlimit(resource.RLIMIT_RTPRIO)[0], audio, user)


def judge(seen: Priority) -> Iterator[Verdict]:
    """Without it a loaded machine sends notes up to some milliseconds late."""
    if seen.platform == "win32":
        yield ok("the wire asks for high priority and a 1 ms timer, which Windows grants to anybody")
    elif seen.platform == "darwin":
        yield ok("the wire runs at ordinary priority, which macOS keeps on time for an interactive program")
    elif seen.granted:
        yield ok(f"the wire gets real-time priority {FIFO}")
    else:
        lines = " ".join(f"'{line}'" for line in LINES)
        steps = [f"printf '%s\\n' {lines} | sudo tee {FILE}"]
        if not seen.audio:
            steps.append(f"sudo usermod -aG audio {seen.user}")
        steps.append("log out and in again")
        yield warn(
            f"real-time priority is refused (the limit is {seen.limit}, {FIFO} is asked for): "
            "on a loaded machine notes leave milliseconds late",
            "\n".join(steps),
        )


CHECK = Check("priority", look, judge)
