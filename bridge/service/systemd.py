"""Linux: a unit of the user's own systemd."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from bridge.errors import ServiceError
from bridge.outside import MISSING, Run, Said, run
from bridge.service.base import NAME, Standing, State
from bridge.service.command import command, quoted
from bridge.settings import HOME

UNIT = f"{NAME}.service"
TARGET = "default.target"
PACKAGED = Path("/usr/lib/systemd/user") / UNIT
"""Where the Debian package has it written down already."""
TEXT = """\
[Unit]
Description=Antiphon, a live AI bandmate
After=pipewire.service pipewire-jack.service jack.service sound.target

[Service]
ExecStart={command}
# The desk is told; it has the others close every note before they go.
KillMode=mixed
TimeoutStopSec=10
Restart=on-failure
RestartSec=2
# As far as the session may: see `antiphon doctor`.
LimitRTPRIO=95
LimitMEMLOCK=infinity
{environment}
[Install]
WantedBy={target}
"""


def unit(words: Sequence[str], environment: Sequence[str] = ()) -> str:
    """The text of the unit that runs these words; `environment` holds settings such as "ANTIPHON_HOME=/x"."""
    told = "".join(f'Environment="{each}"\n' for each in environment)
    line = quoted([word.replace("%", "%%").replace("$", "$$") for word in words])  # its own signs, doubled
    return TEXT.format(command=line, environment=told, target=TARGET)


class SystemdService:
    """`log` is the daemon's log file, `folder` where the user's own units lie, `packaged` a unit that came to all."""

    def __init__(
        self,
        log: Path,
        folder: Path | None = None,
        packaged: Path = PACKAGED,
        words: Sequence[str] | None = None,
        run: Run = run,
    ) -> None:
        self._log = log
        home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        self._file = (folder or home / "systemd" / "user") / UNIT
        self._link = self._file.parent / f"{TARGET}.wants" / UNIT
        self._packaged = packaged
        self._words = list(words or command())
        self._run = run

    def install(self) -> list[str]:
        """Write the unit, unless a package brought it, have it started with the session, and start it now."""
        said = []
        if self._is_packaged():
            said.append(f"{self._packaged} came with the package and is used")
        else:
            said.append(self._write())
        self._control("daemon-reload")
        enabled = self._control("enable", UNIT)
        if not enabled.well:
            self._enable()
            said.append(f"systemd cannot be spoken to from here ({enabled.text or enabled.code})")
            said.append("it starts the next time you log in to a session that systemd keeps; until then: antiphon run")
            return [*said, *self._where()]
        said.append("it starts when you log in")
        started = self._control("restart", UNIT)
        said.append("it has been started" if started.well else f"it could not be started now: {started.text}")
        return [*said, *self._where()]

    def remove(self) -> list[str]:
        """Stop it, have it no longer started, and take our unit away."""
        if self.status().state is State.ABSENT:
            return ["there was no service"]
        stopped = self._control("disable", "--now", UNIT)
        said = ["it has been stopped, and no longer starts when you log in"]
        if not stopped.well:
            said = [f"systemd was not there to stop it ({stopped.text or stopped.code})"]
        for left in (self._link, self._file):
            if left.is_symlink() or left.exists():
                left.unlink()
                said.append(f"{left} has been removed")
        with contextlib.suppress(OSError):
            for folder in (self._link.parent, self._file.parent, self._file.parent.parent):
                folder.rmdir()  # as far as they are empty: then they were ours
        self._control("daemon-reload")
        return said

    def status(self) -> Standing:
        """As the files say, and systemd where it is there."""
        if not self._link.is_symlink() and not self._file.exists():
            return Standing(State.ABSENT, ("install it: antiphon service install",))
        active = self._control("is-active", UNIT)
        if active.well:
            return Standing(State.RUNNING, tuple(self._where()))
        return Standing(State.WAITING, (f"systemd says: {active.text or active.code}", *self._where()))

    def _enable(self) -> None:
        """What `systemctl --user enable` does, by hand. Raises ServiceError."""
        unit = self._file if self._file.exists() else self._packaged
        try:
            self._link.parent.mkdir(parents=True, exist_ok=True)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(unit)
        except OSError as error:
            raise ServiceError(f"cannot write {self._link} ({error.strerror or error})") from None

    def _is_packaged(self) -> bool:
        """Whether the package's unit would start this very Antiphon, with nothing said beside it."""
        if os.environ.get(HOME):
            return False
        try:
            return f"ExecStart={quoted(self._words)}\n" in self._packaged.read_text("utf-8")
        except OSError:
            return False

    def _write(self) -> str:
        home = os.environ.get(HOME)
        text = unit(self._words, [f"{HOME}={home}"] if home else [])
        try:
            if self._file.is_file() and self._file.read_text("utf-8") == text:
                return f"{self._file} was there already"
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(text, "utf-8")
        except OSError as error:
            raise ServiceError(f"cannot write {self._file} ({error.strerror or error})") from None
        return f"{self._file} has been written"

    def _where(self) -> list[str]:
        shown = self._packaged if self._is_packaged() and not self._file.exists() else self._file
        return [f"unit: {shown}", f"log: {self._log}, or journalctl --user -u {NAME} -e"]

    def _control(self, *words: str) -> Said:
        said = self._run(["systemctl", "--user", *words])
        return Said(MISSING, "there is no systemd here") if said.code == MISSING else said
