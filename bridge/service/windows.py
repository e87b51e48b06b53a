"""Windows: an entry in the user's own Run key.

A service of the system has no MIDI, and a task at log-on may need an administrator.
"""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bridge.errors import ServiceError
from bridge.lock import holder
from bridge.outside import Run, run
from bridge.service.base import Standing, State
from bridge.service.command import command

KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
VALUE = "Antiphon"
ALONE = 0x00000008 | 0x00000200
"""Windows' DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP: what is started outlives our console."""


class Registry(Protocol):
    """The user's Run key."""

    def read(self, name: str) -> str | None:
        """The command under a name; None if there is none."""
        ...

    def write(self, name: str, command: str) -> None:
        """Set it. Raises OSError."""
        ...

    def delete(self, name: str) -> None:
        """Take it away. Raises OSError."""
        ...


class RunKey:
    """The real one."""

    def read(self, name: str) -> str | None:
        """The command under a name; None if there is none."""
        if sys.platform != "win32":
            return None
        import winreg

        with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY) as key:
            return str(winreg.QueryValueEx(key, name)[0])
        return None

    def write(self, name: str, command: str) -> None:
        """Set it. Raises OSError."""
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, KEY) as key:
                winreg.SetValueEx(key, name, 0, winreg.REG_SZ, command)

    def delete(self, name: str) -> None:
        """Take it away. Raises OSError."""
        if sys.platform == "win32":
            import winreg

            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY, 0, winreg.KEY_SET_VALUE) as key:
                winreg.DeleteValue(key, name)


class WindowsService:
    """`state` and `log` are the daemon's folder and log file.

    `running` tells the number of the daemon's process (0: none), `start` starts words that outlive us.
    """

    def __init__(
        self,
        state: Path,
        log: Path,
        registry: Registry | None = None,
        words: Sequence[str] | None = None,
        run: Run = run,
        start: Callable[[Sequence[str]], None] | None = None,
        running: Callable[[Path], int] = holder,
    ) -> None:
        self._state = state
        self._log = log
        self._registry = registry or RunKey()
        self._words = list(words or command())
        self._run = run
        self._start = start or _start
        self._running = running

    def install(self) -> list[str]:
        """Enter the command and start it, unless a daemon runs."""
        line = subprocess.list2cmdline(self._words)
        same = self._registry.read(VALUE) == line
        try:
            self._registry.write(VALUE, line)
        except OSError as error:
            raise ServiceError(f"Windows would not write HKCU\\{KEY} ({error})") from None
        said = ["the entry was there already" if same else "the entry has been made", "it starts when you log in"]
        if process := self._running(self._state):
            return [*said, f"Antiphon runs already (process {process})", *self._where()]
        try:
            self._start(self._words)
        except OSError as error:
            raise ServiceError(f"it could not be started ({error}); try it by hand: {line}") from None
        return [*said, "it has been started", *self._where()]

    def remove(self) -> list[str]:
        """Take the entry away and end the daemon; its wire closes every note when the desk is gone."""
        if self._registry.read(VALUE) is None:
            return ["there was no service"]
        try:
            self._registry.delete(VALUE)
        except OSError as error:
            raise ServiceError(f"Windows would not give up HKCU\\{KEY}\\{VALUE} ({error})") from None
        said = ["the entry has been removed: it no longer starts when you log in"]
        if process := self._running(self._state):
            ended = self._run(["taskkill", "/F", "/PID", str(process)])
            said.append("it has been stopped" if ended.well else f"it could not be stopped: {ended.text}")
        return said

    def status(self) -> Standing:
        """As the entry and the daemon's lock say."""
        if self._registry.read(VALUE) is None:
            return Standing(State.ABSENT, ("install it: antiphon service install",))
        state = State.RUNNING if self._running(self._state) else State.WAITING
        return Standing(state, tuple(self._where()))

    def _where(self) -> list[str]:
        return [f"entry: HKCU\\{KEY}\\{VALUE}", f"log: {self._log}"]


def _start(words: Sequence[str]) -> None:
    # The process is meant to outlive us: nobody waits for it.
    subprocess.Popen(
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=ALONE if sys.platform == "win32" else 0,
        close_fds=True,
    )
