"""Programs of the system: run briefly, with the environment the user gave us, and never waited for in vain."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence

import msgspec

PATIENCE = 10.0
"""Seconds such a program may take."""
MISSING = 127
LATE = 124
"""Exit codes of a program that is not there, and of one that took too long."""
PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Where a frozen binary points the loader at its own libraries; the system's programs need theirs."""
KEPT = "_ORIG"
"""What the frozen binary calls the value that the user had given."""
USUAL_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


class Said(msgspec.Struct, frozen=True):
    """What a program printed (both streams), and its exit code."""

    code: int
    text: str = ""

    @property
    def well(self) -> bool:
        """Whether it says that it went well."""
        return self.code == 0


Run = Callable[[Sequence[str]], Said]


def run(command: Sequence[str], patience: float = PATIENCE) -> Said:
    """Run a program to its end, at most `patience` seconds. Never raises."""
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=patience,
            env=environment(os.environ),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(LATE, f"{command[0]} did not answer within {patience:g} seconds")
    except OSError as error:
        return Said(MISSING, f"{command[0]}: {error.strerror or error}")
    return Said(done.returncode, done.stdout.decode("utf-8", "replace").strip())


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Our environment as it was before a frozen binary set its library path, and with a PATH in any case."""
    theirs = {name: value for name, value in ours.items() if name not in PATHS}
    for name in PATHS:
        if f"{name}{KEPT}" in ours:
            theirs[name] = ours[f"{name}{KEPT}"]
    theirs.setdefault("PATH", USUAL_PATH)
    return theirs
