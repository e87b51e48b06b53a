"""The command that a service runs: this very Antiphon, in its resident form, with its log in a file."""

import sys
from collections.abc import Sequence
from pathlib import Path

WINDOWLESS = "antiphonw.exe"
"""The frozen binary that opens no console."""
PACKAGED = Path("/usr/lib/antiphon/antiphon")
LINK = Path("/usr/bin/antiphon")
"""Where the Debian package puts the binary, and the name it is called by."""
RUN = ("run", "--log-file", "auto")


def command() -> list[str]:
    """From a frozen binary, an installed wheel or a source tree."""
    if not getattr(sys, "frozen", False):
        return [*_interpreter(Path(sys.executable)), "-m", "bridge", *RUN]
    return [str(binary(Path(sys.executable))), *RUN]


def binary(running: Path) -> Path:
    """What to start for a running frozen binary: its windowless twin, or the name the package gave it, if there."""
    if running.suffix == ".exe":
        twin = running.with_name(WINDOWLESS)
        return twin if twin.is_file() else running
    return LINK if running == PACKAGED and LINK.exists() else running


def quoted(words: Sequence[str]) -> str:
    """One line that systemd and Windows read as these words."""
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def _interpreter(python: Path) -> list[str]:
    """Python itself; on Windows the one that opens no console."""
    windowless = python.with_name("pythonw.exe")
    return [str(windowless if python.suffix == ".exe" and windowless.is_file() else python)]
