"""What the wire asks of the system so that it wakes on time, and what it got."""

import contextlib
import ctypes
import gc
import os
import struct
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

SWITCH_INTERVAL = 0.0005
"""Seconds a Python thread may keep the interpreter from another one."""
FIFO = 50
"""Real-time priority asked for on Linux: above ordinary threads, below the sound server's own."""
NICE = -11
"""Nice value asked for where real-time priority is refused: what desktops grant their sound servers."""
PR_SET_TIMERSLACK = 29
SLACK_NS = 1
SLICE_NS = 100_000
"""Time slice asked for where real-time priority is refused, the shortest there is: whoever asks for short slices goes
before those who do not, as soon as it wakes (Linux 6.12 and newer; measured p99 0.2 ms in place of 3.4)."""
SCHED_ATTR = struct.Struct("=IIQiIQQQ")
"""The kernel's `sched_attr`: size, policy, flags, nice, priority, runtime, deadline, period."""
SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274, "armv7l": 380, "armv6l": 380, "i686": 351}
"""Number of that system call by machine; the C library of most systems has no name for it."""
USER_INTERACTIVE = 0x21
"""The quality of service of macOS for what a person waits for: no timer of such a thread is put off to save power."""


def raise_priority() -> str:
    """Ask for everything this system has; returns what was granted, for people to read. Never raises."""
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection has been seen to hold a sending thread up for a tenth of a second
    sys.setswitchinterval(SWITCH_INTERVAL)
    if sys.platform == "linux":
        return _linux()
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _mac()
    return "ordinary priority"


def _linux() -> str:
    if sys.platform != "linux":
        return ""
    with contextlib.suppress(PermissionError):
        # Each session is a group that gets its share of the processor: what else this terminal runs, and the engine,
        # then costs the wire nothing (measured p99 5 ms in place of 22 on an overloaded machine).
        os.setsid()
    library = ctypes.CDLL(None, use_errno=True)
    slack = library.prctl(PR_SET_TIMERSLACK, SLACK_NS, 0, 0, 0) == 0
    # Every thread there is: the loop, the links, and the MIDI system's own where its server did not see to it.
    threads = [thread for thread in map(int, os.listdir("/proc/self/task")) if _is_ordinary(thread)]
    level = _real_time(threads)
    if level:
        granted = f"real-time priority {level}"
    else:
        granted = ", ".join(["ordinary priority (real-time was refused)", *_better_than_nothing(library, threads)])
    return f"{granted}, {'timer slack 1 ns' if slack else 'default timer slack'}"


def _real_time(threads: list[int]) -> int:
    """The real-time priority that these threads were given: what is asked for, or the most that is allowed; 0: none."""
    if sys.platform != "linux":
        return 0
    for level in (FIFO, min(resource.getrlimit(resource.RLIMIT_RTPRIO)[0], FIFO)):
        with contextlib.suppress(OSError):
            for thread in threads:
                os.sched_setscheduler(thread, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(level))
            return level
    return 0


def _is_ordinary(thread: int) -> bool:
    """Whether a thread of ours runs without any priority yet; False where it has just ended."""
    if sys.platform != "linux":
        return False
    try:
        return os.sched_getscheduler(thread) == os.SCHED_OTHER
    except OSError:
        return False


def _better_than_nothing(library: ctypes.CDLL, threads: list[int]) -> list[str]:
    """What an ordinary user is granted for these threads, in words."""
    if sys.platform != "linux":
        return []
    nice = 0
    try:
        for thread in threads:
            os.setpriority(os.PRIO_PROCESS, thread, NICE)
        nice = NICE
        Path("/proc/self/autogroup").write_text(str(NICE), "ascii")  # where sessions are groups, only this one counts
    except OSError:
        pass
    granted = [f"nice {nice}"] if nice else []
    number = SCHED_SETATTR.get(os.uname().machine)
    asked = SCHED_ATTR.pack(SCHED_ATTR.size, os.SCHED_OTHER, 0, nice, 0, SLICE_NS, 0, 0)
    # An older kernel takes the call and the slice stays as it was; there is no telling but by measuring.
    if number is not None and all(library.syscall(number, thread, asked, 0) == 0 for thread in threads):
        granted.append(f"slices of {SLICE_NS / 1e6:g} ms")
    return granted


def _windows() -> str:
    if sys.platform != "win32":
        return ""
    granted = []
    if ctypes.windll.winmm.timeBeginPeriod(1) == 0:
        granted.append("1 ms timer")
    high = 0x00000080
    kernel = ctypes.windll.kernel32
    if kernel.SetPriorityClass(kernel.GetCurrentProcess(), high):
        granted.append("high priority")
    return ", ".join(granted) or "ordinary priority"


def _mac() -> str:
    if sys.platform != "darwin":
        return ""
    try:
        granted = ctypes.CDLL(None).pthread_set_qos_class_self_np(USER_INTERACTIVE, 0) == 0
    except (OSError, AttributeError):
        granted = False
    return "user-interactive priority" if granted else "ordinary priority"
