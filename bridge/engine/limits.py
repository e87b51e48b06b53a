"""Bounds on what an engine may take from the machine, so that a pack that asks for too much harms nobody else."""

import contextlib
import ctypes
import sys
from pathlib import Path

OOM_SCORE = Path("/proc/self/oom_score_adj")
FIRST_TO_GO = "500"
"""Where memory runs out on Linux, the kernel ends the process of the highest score: the engine, which is replaced,
and not the desk or the wire."""
MEGABYTE = 1 << 20


def go_first() -> None:
    """Let the kernel end this process before the rest of the band. Does nothing where that cannot be said."""
    with contextlib.suppress(OSError):
        if OOM_SCORE.exists():
            OOM_SCORE.write_text(FIRST_TO_GO)


def confine(megabytes: int, provider: str) -> bool:
    """Bound this process's own memory; beyond it, allocations fail and the engine says so. True where it is bounded.

    Not bounded: 0 megabytes, a provider that maps a device's memory, and systems without such a limit.
    """
    if megabytes <= 0 or provider in ("cuda", "coreml") or sys.platform == "win32":
        return False
    import resource

    wanted = megabytes * MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
        return True
    return False


def release() -> None:
    """Give freed memory back to the system, where its allocator keeps it unless told."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # not every C library has it
            ctypes.CDLL(None).malloc_trim(0)
