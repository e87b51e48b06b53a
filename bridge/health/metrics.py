"""What the daemon measures of itself while it plays."""

from collections import deque
from itertools import islice

from bridge.engine.protocol import PhraseEnd
from bridge.wire.protocol import Sent

KEPT = 10_000
"""Values of a measure that are kept, for the summary at the end."""
RECENT = 500
"""The last of them that the live percentiles are taken over: the status is asked for many times a second."""


class Metrics:
    """Lateness of notes (seconds), milliseconds that each note took to be made, counts of notes, drops and faults."""

    def __init__(self) -> None:
        self.lateness: deque[float] = deque(maxlen=KEPT)
        self.note_ms: deque[float] = deque(maxlen=KEPT)
        self.first_ms: deque[float] = deque(maxlen=KEPT)
        self.notes = 0
        self.vamped = 0
        self.dropped = 0
        self.restarts = 0
        self.faults: deque[str] = deque(maxlen=20)

    def sent(self, sent: Sent, vamped: bool) -> None:
        """A note of the band left the port, or was dropped as too late."""
        if sent.dropped:
            self.dropped += 1
            return
        self.notes += 1
        self.vamped += vamped
        self.lateness.append(sent.late)

    def phrase(self, end: PhraseEnd) -> None:
        """The engine answered an ask."""
        self.note_ms.extend(end.note_ms)
        if end.notes:
            self.first_ms.append(end.first_ms)

    def fault(self, text: str) -> None:
        """The engine reported a fault."""
        self.faults.append(text)


def recent(values: deque[float]) -> list[float]:
    """The last `RECENT` values at most, sorted."""
    return sorted(islice(reversed(values), RECENT))
