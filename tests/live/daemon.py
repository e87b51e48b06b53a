"""The daemon as a process of its own, for the live tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Daemon:
    """`antiphon ARGUMENTS` in a home of its own, run by the command `within`; what it says is in `log`."""

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        self.home = home
        self.log = home / "log"
        home.mkdir(parents=True, exist_ok=True)
        env = {**os.environ, **(environment or {}), "ANTIPHON_HOME": str(home)}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*within, sys.executable, "-m", "bridge", *arguments],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """Everything it has printed."""
        return self.log.read_text("utf-8", "replace")

    def wait_for(self, text: str, seconds: float = 15.0) -> None:
        """Wait until it has printed something. Fails with what it printed instead."""
        until = time.monotonic() + seconds
        while text not in self.said:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.said}"
            assert time.monotonic() < until, f"never said «{text}»:\n{self.said}"
            time.sleep(0.02)

    def child(self, role: str) -> int:
        """Process id of the wire or the engine, 0 where there is none."""
        listing = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout
        for line in listing.splitlines():
            pid, _, command = line.strip().partition(" ")
            if f"bridge {role} " in command:
                return int(pid)
        return 0

    def kill(self, role: str) -> int:
        """SIGKILL the wire or the engine; returns the process id that it had."""
        pid = self.child(role)
        assert pid, f"no {role} runs"
        os.kill(pid, signal.SIGKILL)
        return pid

    def end(self, number: int = signal.SIGTERM, seconds: float = 10.0) -> int:
        """Send a signal and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)
