"""The desk's two children: how a process of ours is started, and started again when it dies."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Mapping

FIRST_WAIT = 0.02
LONGEST_WAIT = 5.0
"""Seconds before a child that ended is started again; doubled while it keeps ending at once."""
HEALTHY = 10.0
"""Seconds of life after which a child's end is a new trouble and not the old one."""
KEY = "ANTIPHON_KEY"
"""Environment variable that hands a child the key of the exchange, in hex."""
SETUP = "ANTIPHON_SETUP"
"""Environment variable that hands the wire its set-up, as JSON."""


def command(role: str, address: str) -> list[str]:
    """The command line that starts a child from a source tree, an installed wheel or a frozen binary."""
    if getattr(sys, "frozen", False):
        return [sys.executable, role, address]
    return [sys.executable, "-m", "bridge", role, address]


class Child:
    """A child process that is kept alive until `stop`. `ended` gets the exit code of each life but the last."""

    def __init__(
        self,
        role: str,
        address: str,
        environment: Mapping[str, str],
        tell: Callable[[str], object],
        ended: Callable[[int], object],
    ) -> None:
        self.role = role
        self._tell = tell
        self._command = command(role, address)
        self.environment = {**os.environ, **environment}
        """What the next one is started with."""
        self._ended = ended
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._settled = False

    @property
    def pid(self) -> int:
        """Process id, 0 while there is none."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    def start(self) -> None:
        """Start it and keep it."""
        self._stopping.clear()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.role}")

    def settle(self) -> None:
        """It has come up in good order: whenever it ends, that is a new trouble, and the next one follows at once."""
        self._settled = True

    def kill(self) -> None:
        """End it at once; a new one follows unless it is stopping."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def stop(self, patience: float) -> int:
        """Wait up to `patience` seconds for it to end by itself, then kill it. Returns its exit code."""
        self._stopping.set()
        if self._keeper is not None:
            try:
                await asyncio.wait_for(asyncio.shield(self._keeper), patience)
            except TimeoutError:
                self.kill()
                await self._keeper
        code = self._process.returncode if self._process is not None else None
        return 1 if code is None else code

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        wait = FIRST_WAIT
        while True:
            born, self._settled = loop.time(), False
            code = await self._live()
            if self._stopping.is_set():
                return
            self._ended(code)
            fresh = self._settled or loop.time() - born > HEALTHY
            wait = FIRST_WAIT if fresh else min(wait * 2, LONGEST_WAIT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
                return

    async def _live(self) -> int:
        """One life of the process, from start to exit code."""
        try:
            self._process = await asyncio.create_subprocess_exec(*self._command, env=self.environment)
        except OSError as error:
            self._tell(f"the {self.role} cannot be started ({error}); trying again")
            return -1
        return await self._process.wait()
