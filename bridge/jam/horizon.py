"""How far ahead the band must think, from what answering really takes on this machine."""

from collections import deque

MARGIN = 0.010
"""Seconds added to the measured time to the first note."""
START = 0.030
"""Seconds assumed before anything was measured."""
LONGEST = 0.5
"""Seconds that the commit distance never exceeds: a slower answer is the vamp's business."""
KEPT = 200
LOOKAHEAD = 4.0
"""Beats past the commit line that the plan is kept filled."""


class Horizon:
    """The commit distance: p95 of ask -> first note, plus a margin."""

    def __init__(self) -> None:
        self._firsts: deque[float] = deque(maxlen=KEPT)

    def answered(self, seconds: float) -> None:
        """An ask's first note came after so many seconds."""
        self._firsts.append(seconds)

    @property
    def seconds(self) -> float:
        """Commit distance in seconds."""
        if not self._firsts:
            return START + MARGIN
        ranked = sorted(self._firsts)
        # The rank below: of a few answers the slowest is left out, since one hiccup is no habit.
        return min(ranked[int(0.95 * (len(ranked) - 1))] + MARGIN, LONGEST)

    def beats(self, bpm: float) -> float:
        """Commit distance in beats."""
        return self.seconds * bpm / 60.0
