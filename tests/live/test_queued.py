"""What the kernel counts of a process that cannot get a processor, and of one that wants none."""

import os
import subprocess
import sys
import time

import pytest

from bridge.health.queued import queued

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are pinned to a core"),
]


def test_only_what_stands_in_line_for_a_processor_is_counted() -> None:
    core = min(os.sched_getaffinity(0))
    pin = f"import os, time; os.sched_setaffinity(0, {{{core}}})\n"
    burning = [subprocess.Popen([sys.executable, "-c", pin + "while True: pass"]) for _ in range(2)]
    hung = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        time.sleep(0.5)
        before = {process.pid: queued(process.pid) for process in (*burning, hung)}
        if before[hung.pid] is None:
            pytest.skip("this kernel does not count it")
        time.sleep(1.0)
        waited = [(queued(process.pid) or 0.0) - (before[process.pid] or 0.0) for process in (*burning, hung)]
    finally:
        for process in (*burning, hung):
            process.kill()
            process.wait()
    assert sum(waited[:2]) >= 0.5  # of each second on the one core there is only one
    assert waited[2] < 0.1
