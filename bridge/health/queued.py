"""How long a process has stood in line for a processor, where the system counts that."""

import contextlib
from pathlib import Path


def queued(pid: int, proc: Path = Path("/proc")) -> float | None:
    """Seconds that the threads a process has now were ready to run and did not, added up; None where nobody counts."""
    waited = None
    with contextlib.suppress(OSError, ValueError, IndexError):
        for thread in (proc / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):  # it has just ended
                waited = (waited or 0.0) + int((thread / "schedstat").read_text("ascii").split()[1]) / 1e9
    return waited
