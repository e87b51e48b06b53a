"""One daemon at a time: whoever holds the lock says so, by process id, in a file beside it."""

import contextlib
import os
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from bridge.errors import AlreadyRunningError

LOCK, HOLDER = "daemon.lock", "daemon.pid"
"""The file that is locked, and the one beside it that says by whom."""


def holder(folder: Path) -> int:
    """Process id of the daemon that holds the lock in `folder`; 0 where none does, whatever it has left there."""
    try:
        process = int((folder / HOLDER).read_text("utf-8"))
        FileLock(folder / LOCK).acquire(timeout=0).lock.release()
    except Timeout:
        return process
    except (OSError, ValueError):
        pass
    return 0


class DaemonLock:
    """Held between `with` and its end, and by no more than one process. Raises AlreadyRunningError at once."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / LOCK)
        self._holder = folder / HOLDER

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
