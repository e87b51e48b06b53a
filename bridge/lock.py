"""One daemon at a time: whoever holds the lock says so, by process id, in a file beside it."""

import contextlib
import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from bridge.errors import AlreadyRunningError


class DaemonLock:
    """Held between `with` and its end, and by no more than one process. Raises AlreadyRunningError at once."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / "daemon.lock")
        self._holder = folder / "daemon.pid"

    def __enter__(self) -> "DaemonLock":
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise AlreadyRunningError(
                f"Antiphon is running already (process {self._who()}); stop that one first"
            ) from None
        self._holder.write_text(str(os.getpid()), "utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._holder.unlink()
        self._lock.release()

    def _who(self) -> str:
        try:
            return self._holder.read_text("utf-8").strip() or "unknown"
        except OSError:
            return "unknown"
