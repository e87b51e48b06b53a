"""macOS: an agent of the user's session. CoreMIDI lives in that session, so it is never a daemon of the system."""

import os
import plistlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.errors import ServiceError
from bridge.outside import Run, run
from bridge.service.base import LABEL, Standing, State
from bridge.service.command import command
from bridge.settings import HOME

ABSENT = 3
"""What launchctl answers where there is no such agent to be stopped."""


def agent(words: Sequence[str], environment: dict[str, str] | None = None, out: str = os.devnull) -> dict[str, Any]:
    """The property list of the agent that runs these words; the daemon's own log is elsewhere, `out` is for a crash."""
    made: dict[str, Any] = {
        "Label": LABEL,
        "ProgramArguments": list(words),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        # Anything else is throttled and has its timers put together: a bandmate may not nap.
        "ProcessType": "Interactive",
        "LegacyTimers": True,
        "LimitLoadToSessionType": "Aqua",
        "ThrottleInterval": 5,
        "ExitTimeOut": 10,
        "StandardOutPath": out,
        "StandardErrorPath": out,
    }
    return made | ({"EnvironmentVariables": environment} if environment else {})


class LaunchdService:
    """`log` is the daemon's log file, `folder` where the user's agents lie; `user` numbers the session's user."""

    def __init__(
        self,
        log: Path,
        folder: Path | None = None,
        user: int | None = None,
        words: Sequence[str] | None = None,
        run: Run = run,
    ) -> None:
        self._log = log
        self._file = (folder or Path.home() / "Library" / "LaunchAgents") / f"{LABEL}.plist"
        self._domain = f"gui/{_user() if user is None else user}"
        self._words = list(words or command())
        self._run = run

    def install(self) -> list[str]:
        """Write the agent and load it; one that is loaded already is loaded anew."""
        home = os.environ.get(HOME)
        made = plistlib.dumps(agent(self._words, {HOME: home} if home else None))
        try:
            same = self._file.is_file() and self._file.read_bytes() == made
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(made)
        except OSError as error:
            raise ServiceError(f"cannot write {self._file} ({error.strerror or error})") from None
        self._run(["launchctl", "bootout", f"{self._domain}/{LABEL}"])
        loaded = self._run(["launchctl", "bootstrap", self._domain, str(self._file)])
        if not loaded.well:
            raise ServiceError(
                f"launchd would not take it ({loaded.text or loaded.code}); do this in a terminal of your own session"
            )
        written = "was there already" if same else "has been written"
        return [f"{self._file} {written}", "it starts when you log in, and has been started", *self._where()]

    def remove(self) -> list[str]:
        """Unload the agent and take its file away."""
        if not self._file.exists():
            return ["there was no service"]
        stopped = self._run(["launchctl", "bootout", f"{self._domain}/{LABEL}"])
        self._file.unlink()
        how = "it has been stopped" if stopped.well else "it was not running"
        return [f"{how}, and no longer starts when you log in", f"{self._file} has been removed"]

    def status(self) -> Standing:
        """As the file and launchd say."""
        if not self._file.exists():
            return Standing(State.ABSENT, ("install it: antiphon service install",))
        printed = self._run(["launchctl", "print", f"{self._domain}/{LABEL}"])
        running = printed.well and "state = running" in printed.text
        return Standing(State.RUNNING if running else State.WAITING, tuple(self._where()))

    def _where(self) -> list[str]:
        return [f"agent: {self._file}", f"log: {self._log}"]


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
