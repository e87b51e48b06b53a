"""The guest: the built-in player, who performs a tune of ours into our own input while no human is there.

Its notes leave by the port `guest`, which is wired to `in`, so they come back as any player's do.
"""

from collections import deque

from bridge.clock.tempo_map import TempoMap
from bridge.jam.plan import Plan
from bridge.music.note import Note, Voice
from bridge.music.tunes import Tune

AHEAD = 1.0
"""Beats before it begins at which a call is planned."""
RETURN = 0.5
"""Beats from its place in the plan at which a guest's note may come back in; else it is somebody else's."""


class Guest:
    """Plays a tune over and over in calls of `bars` bars (None: its own phrases), each followed by as long a rest."""

    def __init__(self, plan: Plan, tune: Tune, bars: int | None = None) -> None:
        bars = bars or tune.phrases[0].bars
        self._plan = plan
        self._notes = tune.performance(0)
        self._calls = max(tune.bars // bars, 1)
        self.tune = tune
        self.bars = bars
        self.playing = True
        self._call = 0
        self._start: float | None = None
        self._out: deque[tuple[float, int]] = deque(maxlen=128)

    def step(self, now: float, map: TempoMap) -> None:
        """Plan the next call when its time is near."""
        if not self.playing or not map.playing:
            return
        if self._start is None:
            self._start = map.next_bar(max(now, -map.song))
        if now < self._start - AHEAD:
            return
        length = self.bars * map.meter.bar
        from_ = (self._call % self._calls) * length
        for note in self._notes:
            if from_ <= note.beat < from_ + length:
                beat = self._start + note.beat - from_
                self._plan.add(Note(Voice.GUEST, beat, note.duration, note.pitch, note.velocity))
                self._out.append((beat, note.pitch))
        self._call += 1
        self._start += 2 * length

    def jump(self) -> None:
        """The music started, stopped or jumped: begin the call again at the next bar."""
        self._start = None

    def is_own(self, beat: float, pitch: int) -> bool:
        """Whether a note-on that came in at a stage beat is one of the guest's; each note accounts for one."""
        while self._out and self._out[0][0] < beat - RETURN:
            self._out.popleft()
        for index, (planned, own) in enumerate(self._out):
            if own == pitch and abs(planned - beat) <= RETURN:
                del self._out[index]
                return True
        return False

    def retire(self) -> None:
        """A human is there: stop at once, and for good."""
        self.playing = False
        self._plan.withdraw(Voice.GUEST, float("-inf"), hush=True)
