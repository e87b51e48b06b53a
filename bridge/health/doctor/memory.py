"""Free memory."""

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn

NEEDED_MB = 300
"""What the three processes have together, and some room."""
ROOM_MB = 700


class Memory(msgspec.Struct, frozen=True):
    """Megabytes; None where the system does not say."""

    free_mb: float | None
    total_mb: float | None


def look(_: Patient) -> Memory:
    """Ask the system."""
    if sys.platform == "win32":
        return _windows()
    try:
        return linux(Path("/proc/meminfo").read_text("ascii"))
    except OSError:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e6
        return Memory(None, pages)


def linux(text: str) -> Memory:
    """What /proc/meminfo says, whose numbers are in KiB."""
    rows = {
        name: amount.split()[0] for name, _, amount in (line.partition(":") for line in text.splitlines()) if amount
    }
    free, total = rows.get("MemAvailable"), rows.get("MemTotal")
    return Memory(int(free) * 1024 / 1e6 if free else None, int(total) * 1024 / 1e6 if total else None)


def judge(seen: Memory) -> Iterator[Verdict]:
    """Enough for the three processes; swapped out, they would be late."""
    if seen.free_mb is None:
        total = f"{seen.total_mb / 1000:.1f} GB in all" if seen.total_mb else "an unknown amount"
        yield ok(f"{total}; this system does not say how much is free")
    elif seen.free_mb < NEEDED_MB:
        yield fail(f"{seen.free_mb:.0f} MB are free, {NEEDED_MB} are needed", "close other programs")
    elif seen.free_mb < ROOM_MB:
        yield warn(f"{seen.free_mb:.0f} MB are free: little beside a DAW", "close other programs")
    else:
        yield ok(f"{seen.free_mb / 1000:.1f} GB free")


def _windows() -> Memory:
    if sys.platform != "win32":
        return Memory(None, None)

    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        ]

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return Memory(None, None)
    return Memory(status.free / 1e6, status.total / 1e6)


CHECK = Check("memory", look, judge)
