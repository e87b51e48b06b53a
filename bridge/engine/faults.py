"""Faults in the user's words, and which of them have been told already."""

from bridge.engine.setbacks import GOOD
from bridge.errors import AntiphonError

KINDS = 256
"""Faults that are remembered as told."""


class Told:
    """Remembers faults until they have not happened for a good while."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], float] = {}

    def again(self, about: str, text: str, now: float) -> bool:
        """Whether this was told lately; it counts as told from `now`, in seconds, on."""
        again = now - self._last.pop((about, text), float("-inf")) < GOOD
        self._last[about, text] = now
        for old in list(self._last)[:-KINDS]:
            del self._last[old]
        return again


def words(error: Exception | None, pack: str = "") -> str:
    """What to tell the user of an error that a pack has made: our own in their words, others on one line."""
    if isinstance(error, AntiphonError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "out of memory; choose a smaller pack"
    else:
        lines = str(error).splitlines() or [type(error).__name__]
        text = f"the model failed ({lines[0][:200]}); choose another pack, or get this one again"
    return text if text.startswith(f"{pack}:") else f"{pack}: {text}"
