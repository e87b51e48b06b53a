import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, threading
from bridge.wire.priority import raise_priority
waiting = threading.Event()
threading.Thread(target=waiting.wait, daemon=True).start()
print(raise_priority())
print(os.getsid(0) == os.getpid(), {os.sched_getscheduler(int(t)) & 7 for t in os.listdir("/proc/self/task")})
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")


def asked(*before: str) -> list[str]:
    """What a process that was started with these words before it says of its priority."""
    command = [*before, sys.executable, "-c", SCRIPT]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.splitlines()


@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root is granted it for sure")
def test_what_is_granted_holds_for_every_thread_and_is_said() -> None:
    said, state = asked()
    if said.startswith("real-time"):  # a container may refuse even root
        assert state == "True {1}"


def test_where_real_time_is_refused_it_says_so_and_asks_for_less_in_a_session_of_its_own() -> None:
    try:
        said, state = asked("setpriv", "--bounding-set", "-sys_nice", "--inh-caps", "-sys_nice")
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("setpriv cannot take the right away here")
    if "real-time was refused" in said:
        assert said.startswith("ordinary priority (real-time was refused)")
        assert "timer slack" in said
        assert state == "True {0}"
