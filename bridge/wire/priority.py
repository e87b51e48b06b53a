"""What the wire asks of the system so that it wakes on time, and what it got."""

import ctypes
import gc
import os
import sys

SWITCH_INTERVAL = 0.0005
"""Seconds a Python thread may keep the interpreter from another one."""
FIFO = 50
"""Real-time priority asked for on Linux: above ordinary threads, below the sound server's own."""
PR_SET_TIMERSLACK = 29
SLACK_NS = 1


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
    return "ordinary priority"


def _linux() -> str:
    if sys.platform != "linux":
        return ""
    slack = "timer slack 1 ns"
    try:
        if ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, SLACK_NS, 0, 0, 0) != 0:
            slack = "default timer slack"
    except (OSError, AttributeError):
        slack = "default timer slack"
    policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
    try:
        # Every thread there is: the loop, the links, and the MIDI system's own where its server did not see to it.
        for thread in os.listdir("/proc/self/task"):
            if os.sched_getscheduler(int(thread)) == os.SCHED_OTHER:
                os.sched_setscheduler(int(thread), policy, os.sched_param(FIFO))
    except OSError:
        return f"ordinary priority (real-time was refused), {slack}"
    return f"real-time priority {FIFO}, {slack}"


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
