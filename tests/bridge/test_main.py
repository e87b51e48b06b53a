import os
import subprocess
import sys

import pytest

TOLD = """
import os, signal, sys
{before}
from bridge import __main__
__main__._end_well()
os.kill(os.getpid(), signal.{name})
print("still here")
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def told(name: str, before: str = "") -> "subprocess.CompletedProcess[str]":
    script = TOLD.format(name=name, before=before)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_being_told_to_end_before_anything_has_begun_is_no_failure(name: str) -> None:
    done = told(name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_under_nohup_it_outlives_its_terminal() -> None:
    done = told("SIGHUP", "signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    assert (done.returncode, done.stdout) == (0, "still here\n")


def test_ctrl_c_while_it_loads_is_no_failure_and_shows_no_trace() -> None:
    script = """
import builtins, sys
load = builtins.__import__
def interrupted(name, *rest, **named):
    if name == "bridge.cli":
        raise KeyboardInterrupt
    return load(name, *rest, **named)
sys.argv = ["antiphon", "run"]
from bridge.__main__ import main
builtins.__import__ = interrupted
main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_is_pythons_own_until_somebody_minds_it() -> None:
    script = "from bridge import __main__; __main__._end_well(); import signal; print(signal.getsignal(signal.SIGINT))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert "default_int_handler" in done.stdout
