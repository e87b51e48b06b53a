"""Complaints: a clear line for the first trouble of a kind, then one for all that follow, however many they are."""

from collections import Counter

KINDS = {
    "packet": "no OSC",
    "address": "to addresses that there are not",
    "value": "with values that cannot be",
    "size": "too long",
    "flood": "left unread, as they were too many",
    "question": "asked for more than can be answered",
}
"""Kind of trouble -> what was wrong, after a number of messages."""


class Complaints:
    """Lets one complaint of a kind through in `interval` seconds and counts the others."""

    def __init__(self, interval: float = 1.0) -> None:
        self.interval = interval
        self._last: dict[str, float] = {}
        self._held: Counter[str] = Counter()

    def ready(self, kind: str, time: float) -> bool:
        """Whether a complaint of a kind would be shown at `time`."""
        return time - self._last.get(kind, float("-inf")) >= self.interval

    def voice(self, kind: str, time: float) -> bool:
        """Whether to show a complaint of a kind at `time`; else it is counted."""
        if not self.ready(kind, time):
            self._held[kind] += 1
            return False
        self._last[kind] = time
        return True

    @property
    def held(self) -> int:
        """Complaints that were held back and not summed up yet."""
        return self._held.total()

    def sum_up(self, time: float) -> str:
        """One line for all that was held back; nothing, where nothing was. What is summed up counts as shown."""
        if not self._held:
            return ""
        parts = [f"{_spaced(count)} {KINDS[kind]}" for kind, count in self._held.most_common()]
        line = f"{_spaced(self._held.total())} more could not be used: {', '.join(parts)}"
        self._last.update(dict.fromkeys(self._held, time))
        self._held.clear()
        return line


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", " ")
