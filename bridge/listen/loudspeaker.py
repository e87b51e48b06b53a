"""Playing a WAV through whatever player the system has."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

PLAYERS: Sequence[Sequence[str]] = (
    ("afplay",),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
    ("mpv", "--really-quiet", "--no-video"),
)
"""Commands that play the file named last, in order of preference."""
LONGEST = 120.0
"""Seconds after which a player is taken to hang."""

Play = Callable[[Path], bool]
"""Plays a file to its end; False where it could not."""


def find(which: Callable[[str], str | None] = shutil.which) -> Play | None:
    """The system's player; None where there is none."""
    if sys.platform == "win32":
        return _windows
    for command in PLAYERS:
        program = which(command[0])
        if program is not None:
            return _through((program, *command[1:]))
    return None


def _through(command: Sequence[str]) -> Play:
    def play(file: Path) -> bool:
        try:
            done = subprocess.run(
                [*command, str(file)], timeout=LONGEST, check=False, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    return play


def _windows(file: Path) -> bool:
    if sys.platform != "win32":
        return False
    import winsound

    try:
        winsound.PlaySound(str(file), winsound.SND_FILENAME)
    except RuntimeError:
        return False
    return True
