"""The pace of an accompanying section: how often it is asked anew, how far ahead, and for how many candidates."""

from bridge.jam.horizon import LOOKAHEAD, Horizon
from bridge.jam.patience import Patience

INTERVALS = (0.25, 0.5, 1.0, 2.0)
"""Beats from ask to ask that are possible, the freshest first."""
FEASIBLE = 0.8
"""Share of the interval that p95 of an answer may take; beyond it the next longer interval is taken."""
EASY = 0.5
"""Share of the next shorter interval below which p95 must fall before that is taken: the gap is the hysteresis."""
BACKUP = 1.0
"""Beats of plan beyond the next answer, so that one that comes late leaves no hole."""
ROOM = 0.3
"""Share of the interval that an answer of twice the candidates may be expected to take."""
MOST = 8
"""Candidates at most."""


class Pace:
    """Follows the measured p95 of whole answers. A plan is feasible where lookahead >= interval + p95."""

    def __init__(self) -> None:
        self.horizon = Horizon()
        """Ask -> whole answer."""
        self._index = 0
        self._patience = Patience()
        self.candidates = 1

    def answered(self, seconds: float) -> None:
        """A whole answer came after so many seconds."""
        self.horizon.answered(seconds)
        self._patience.answered(seconds)

    def interval(self, bpm: float) -> float:
        """Beats from ask to ask."""
        beat, p95 = 60.0 / bpm, self.horizon.p95
        while self._index + 1 < len(INTERVALS) and p95 > FEASIBLE * INTERVALS[self._index] * beat:
            self._index += 1
        while self._index > 0 and p95 < EASY * INTERVALS[self._index - 1] * beat:
            self._index -= 1
        return INTERVALS[self._index]

    @property
    def slow(self) -> bool:
        """Whether asks are further apart than the shortest interval."""
        return self._index > 0

    def lookahead(self, bpm: float) -> float:
        """Beats past the commit line that an ask covers."""
        need = self.interval(bpm) + self.horizon.p95 * bpm / 60.0 + BACKUP
        return min(max(need, LOOKAHEAD / 2), 2 * LOOKAHEAD)

    def patience(self, bpm: float) -> float:
        """Share of its usual work that an answer may take."""
        return self._patience.share(bpm)

    def spend(self, bpm: float) -> int:
        """Candidates to ask for: doubled while the slack allows it, halved where it does not."""
        slack = self.interval(bpm) * 60.0 / bpm
        if self.horizon.p95 > EASY * slack:
            self.candidates = max(1, self.candidates // 2)
        elif 2 * self.horizon.p95 < ROOM * slack:
            self.candidates = min(MOST, self.candidates * 2)
        return self.candidates
