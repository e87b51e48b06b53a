"""What processes use, as the system counts it: processor time, memory, children."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A line of `ps`: resident kilobytes, seconds of processor time."""

    pid: int
    parent: int
    kilobytes: int
    seconds: float
    command: str = ""


def measurable() -> bool:
    """Whether this system tells what other processes use."""
    return os.name == "posix"


def children(pid: int) -> dict[int, str]:
    """Process id -> command line of each child of a process."""
    return {process.pid: process.command for process in _processes() if process.parent == pid}


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, all its threads together. Raises OSError where it is gone."""
    if sys.platform == "linux":
        # The clock of another process's processor time, numbered as clock_getcpuclockid(3) does.
        return time.clock_gettime((~pid << 3) | 2)
    for process in _processes():
        if process.pid == pid:
            return process.seconds
    raise ProcessLookupError(f"no process {pid}")


def memory_mb(pids: Iterable[int]) -> float:
    """Memory that some processes use together, what they share counted once. Raises OSError where one is gone.

    Where the system tells no shares, shared pages count for each.
    """
    pids = tuple(pids)
    if sys.platform == "linux":
        return together_kb((Path("/proc") / str(pid) / "smaps").read_text("utf-8", "replace") for pid in pids) / 1024.0
    sizes = {process.pid: process.kilobytes for process in _processes()}
    if any(pid not in sizes for pid in pids):
        raise ProcessLookupError("a process is gone")
    return sum(sizes[pid] for pid in pids) / 1024.0


def together_kb(smaps: Iterable[str]) -> int:
    """Kilobytes that processes hold together, of each of which a /proc/PID/smaps is given.

    What they share, with each other or with whoever else is there, counts once.
    """
    own = 0
    shared: dict[str, int] = {}
    for text in smaps:
        here: dict[str, int] = {}
        for name, rss, private in regions(text):
            own += private
            here[name] = here.get(name, 0) + rss - private
        shared = {name: max(shared.get(name, 0), here.get(name, 0)) for name in shared.keys() | here.keys()}
    return own + sum(shared.values())


def regions(smaps: str) -> Iterator[tuple[str, int, int]]:
    """Name, resident kilobytes, and those of them that nobody shares, of each region of a /proc/PID/smaps."""
    name, rss, private = "", -1, 0
    for line in (*smaps.splitlines(), "0-0 "):
        first, _, rest = line.partition(" ")
        if not first.endswith(":"):
            if rss >= 0:
                yield name, rss, private
            columns = rest.split(None, 4)
            name, rss, private = columns[4] if len(columns) > 4 else "", -1, 0
        elif first == "Rss:":
            rss = int(rest.split()[0])
        elif first in ("Private_Clean:", "Private_Dirty:"):
            private += int(rest.split()[0])


def seconds_of(words: str) -> float:
    """Seconds of a time as `ps` writes it: [[days-]hours:]minutes:seconds."""
    days, _, clock = words.rpartition("-")
    total = 0.0
    for part in clock.split(":"):
        total = total * 60.0 + float(part)
    return total + 86400.0 * int(days or 0)


def _processes() -> Iterator[Process]:
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,rss=,time=,args="], capture_output=True, text=True, check=False
    ).stdout
    for line in listing.splitlines():
        pid, parent, kilobytes, used, *words = line.split(None, 4)
        yield Process(int(pid), int(parent), int(kilobytes), seconds_of(used), *words)
