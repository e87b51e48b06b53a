"""Deaths of a child process: each is told, the first at once, those that follow on its heels together."""

import signal
from collections.abc import Callable

QUIET = 10.0
"""Seconds after a line in which further deaths are only counted, and told at the end."""

CAUSES_TOLD = 4
"""Different causes that are told in one line."""

CAUSES = {
    "SIGKILL": "killed, by hand or because memory had run out",
    "SIGSEGV": "a crash in native code: the pack, or the driver of its provider",
    "SIGBUS": "a crash in native code: a file of the pack may have been cut short",
    "SIGILL": "a crash in native code: this ONNX Runtime may be built for another processor",
    "SIGFPE": "a crash in native code",
    "SIGABRT": "native code gave up, perhaps because memory had run out",
}
"""What the signal that ended a process mostly means."""


def cause(code: int) -> str:
    """What an exit code means, in the user's words."""
    if code >= 0:
        return f"code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
    return f"{name}: {CAUSES[name]}" if name in CAUSES else name


class Deaths:
    """Tells of the deaths of one child through `tell`. Times are seconds, passed in."""

    def __init__(self, child: str, then: str, tell: Callable[[str], object]) -> None:
        self._child = child
        self._then = then
        self._tell = tell
        self._told = float("-inf")
        self._untold = 0
        self._whys: dict[str, None] = {}

    def died(self, why: str, now: float) -> None:
        """It has ended."""
        if now - self._told >= QUIET and not self._untold:
            self._told = now
            self._tell(f"the {self._child} ended ({why}): {self._then}")
            return
        self._untold += 1
        if len(self._whys) < CAUSES_TOLD:
            self._whys[why] = None

    def step(self, now: float, all: bool = False) -> None:
        """Tell of those that were only counted, when the time has come (or of `all`, at the end)."""
        if not self._untold or (now - self._told < QUIET and not all):
            return
        count, whys = self._untold, "; ".join(self._whys)
        self._untold, self._whys, self._told = 0, {}, now
        again = "once more" if count == 1 else f"{count} more times"
        self._tell(f"the {self._child} ended {again} ({whys}): {self._then}")
