"""Complaints: one clear line for a kind of trouble, however often it happens."""

INTERVAL = 1.0
"""Seconds between two complaints of a kind."""


class Complaints:
    """Lets one complaint of a kind through a second and counts the others. Kinds are few and fixed."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._held: dict[str, int] = {}

    def ready(self, kind: str, time: float) -> bool:
        """Whether a complaint of a kind would be shown at `time`."""
        return time - self._last.get(kind, float("-inf")) >= INTERVAL

    def voice(self, kind: str, text: str, time: float) -> str | None:
        """The line to show at `time`, with the number of those held back before it, or None to hold this one back."""
        if not self.ready(kind, time):
            self._held[kind] = self._held.get(kind, 0) + 1
            return None
        self._last[kind] = time
        held = self._held.pop(kind, 0)
        return f"{text} ({held} more like it before)" if held else text
