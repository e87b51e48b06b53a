"""How far ahead the band must think, from what answering really takes on this machine."""

from collections import deque

MARGIN = 0.010
"""Seconds added to the measured time to the first note."""
START = 0.030
"""Seconds assumed before anything was measured."""
LONGEST = 0.5
"""Seconds that the commit distance never exceeds: a slower answer is the vamp's business."""
KEPT = 200
LATELY = 8
"""Answers that tell whether the machine has just become slower."""
SPARED = 2
"""How many of these may be slow by chance."""
LOOKAHEAD = 4.0
"""Beats past the commit line that the plan is kept filled."""


class Horizon:
    """The commit distance: p95 of the time that answers take, plus a margin, plus what ports play ahead."""

    def __init__(self) -> None:
        self._took: deque[float] = deque(maxlen=KEPT)
        self.p95 = START
        """95th percentile of what answers took, in seconds, or what the latest took where they took longer."""
        self.early = 0.0
        """Seconds by which the most impatient port sends before the beat (its negative latency offset)."""

    def answered(self, seconds: float) -> None:
        """An answer came after so many seconds."""
        self._took.append(seconds)
        ranked = sorted(self._took)
        # The rank below: of a few answers the slowest is left out, since one hiccup is no habit.
        usual = ranked[int(0.95 * (len(ranked) - 1))]
        lately = sorted(list(self._took)[-LATELY:])
        self.p95 = max(usual, lately[-1 - SPARED]) if len(lately) > SPARED else usual

    @property
    def seconds(self) -> float:
        """Commit distance in seconds."""
        return min(self.p95 + MARGIN, LONGEST) + self.early

    def beats(self, bpm: float) -> float:
        """Commit distance in beats."""
        return self.seconds * bpm / 60.0
