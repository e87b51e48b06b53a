"""Two clocks that disagree: by how much the other one's beat lies off the master's, told when it changes.

Only the place within a beat is compared. A beat may be the third of a bar for one and the first for the other, each
with good reason; a beat that falls between the other's beats has none.
"""

import math
from collections import deque
from collections.abc import Mapping
from statistics import median

import msgspec

from bridge.clock.tempo_map import TempoMap

PACE = 0.1
"""Seconds between two comparisons."""
SAMPLES = 20
"""Comparisons that a figure is the median of."""
APART = 0.005
"""Part of the tempo by which two tempos are different: then the phase says nothing."""
LEAVE = 0.5
"""Part of a limit below which a disagreement is over."""
BLUNT: Mapping[str, float] = {"midi": 6.0, "link": 4.0, "daw": 40.0, "internal": 2.0}
"""Milliseconds that a clock may seem off though it is not, by how it is followed."""
NAMES: Mapping[str, str] = {
    "midi": "the MIDI clock",
    "link": "Link",
    "daw": "the DAW",
    "internal": "our own clock",
}


class Rival(msgspec.Struct, frozen=True):
    """A clock that plays beside the master and disagrees with it."""

    name: str
    ms: float
    """Milliseconds that its beat comes before the master's; 0 where the tempos differ."""
    bpm: float
    tempo: bool = False
    """Whether it is the tempos that differ."""


class Contest:
    """One clock's beat beside the master's, over the last comparisons."""

    def __init__(self, line: TempoMap, master: TempoMap) -> None:
        self._epochs = (line.epoch, master.epoch)
        self._offs: deque[float] = deque(maxlen=SAMPLES)
        self._ratios: deque[float] = deque(maxlen=SAMPLES)
        self._bpm = master.bpm

    @property
    def full(self) -> bool:
        """Whether there are enough comparisons to go by."""
        return len(self._offs) == SAMPLES

    def settled(self, ms: float) -> bool:
        """Whether the later comparisons say the same as the earlier ones, within so many milliseconds."""
        offs = list(self._offs)
        change = median(offs[SAMPLES // 2 :]) - median(offs[: SAMPLES // 2])
        return abs(change) * 60_000.0 < ms * self._bpm

    def same(self, line: TempoMap, master: TempoMap) -> bool:
        """Whether neither has started, stopped or jumped since the first comparison."""
        return self._epochs == (line.epoch, master.epoch)

    def compare(self, time: float, line: TempoMap, master: TempoMap) -> None:
        """Take the two lines at a time."""
        off = line.beat_at(time) - master.beat_at(time)
        near = self._offs[-1] if self._offs else 0.0
        self._offs.append(off - round(off - near))
        self._ratios.append(line.bpm / master.bpm)
        self._bpm = master.bpm

    def result(self, name: str, apart: float) -> Rival:
        """How far the clock is off; `apart` is the part of the tempo by which tempos differ."""
        ratio, off = median(self._ratios), median(self._offs)
        if abs(ratio - 1.0) > apart:
            return Rival(name, 0.0, ratio * self._bpm, tempo=True)
        return Rival(name, (off - round(off)) * 60_000.0 / self._bpm, ratio * self._bpm)


class Rivalry:
    """Watches the lines of all clocks; `take_notice` has a line for the user when something has changed."""

    def __init__(self) -> None:
        self._contests: dict[str, Contest] = {}
        self._watched = -math.inf
        self._leader = ""
        self._told: Rival | None = None
        self._notice = ""
        self.rival: Rival | None = None
        """The clock that disagrees, with figures of now; None where all agree."""

    def take_notice(self) -> str:
        """What changed since the last call, in one line; empty where nothing did."""
        notice, self._notice = self._notice, ""
        return notice

    def is_due(self, time: float) -> bool:
        """Whether it is time to `watch` again."""
        return time - self._watched >= PACE

    def watch(self, time: float, leader: str, lines: Mapping[str, TempoMap | None]) -> None:
        """Compare; `lines` has each clock's pulse, those that matter most first."""
        self._watched = time
        if leader != self._leader:
            self._contests.clear()
            self._leader, self._told, self.rival = leader, None, None
        master = lines[leader]
        for name, line in lines.items():
            if name == leader:
                continue
            if line is None or master is None:
                self._drop(name)
                continue
            contest = self._contests.get(name)
            if contest is None or not contest.same(line, master):
                contest = self._contests[name] = Contest(line, master)
            contest.compare(time, line, master)
            if contest.full and (self._told is None or self._told.name == name):
                self._judge(name, contest, master)

    def _judge(self, name: str, contest: Contest, master: TempoMap) -> None:
        """Say what has changed, if anything: harder to enter than to stay, and once for each change."""
        told = self._told
        stay = LEAVE if told is not None else 1.0
        now = contest.result(name, APART * (LEAVE if told is not None and told.tempo else 1.0))
        limit = BLUNT[name] + BLUNT[self._leader]
        if not now.tempo and abs(now.ms) < stay * limit:
            if told is not None:
                self._notice = f"{_capital(NAMES[name])} and {NAMES[self._leader]} agree again"
            self._told = self.rival = None
            return
        self.rival = now
        if _is_news(told, now, limit) and (now.tempo or contest.settled(LEAVE * limit)):
            self._told = now
            self._notice = f"{self._disagreement(now, master)}; to follow it instead, set clock = {name}"

    def _disagreement(self, now: Rival, master: TempoMap) -> str:
        leader, other = NAMES[self._leader], _capital(NAMES[now.name])
        if now.tempo:
            return f"{other} runs at {now.bpm:.1f} BPM, {leader}, which leads, at {master.bpm:.1f}"
        way = "ahead of" if now.ms > 0 else "behind"
        return f"{other} runs {abs(now.ms):.0f} ms {way} {leader}, which leads"

    def _drop(self, name: str) -> None:
        """A clock has no beat any more."""
        self._contests.pop(name, None)
        if self._told is not None and self._told.name == name:
            self._told = self.rival = None


def _is_news(told: Rival | None, now: Rival, limit: float) -> bool:
    """Whether to say it again: the first time, of another kind, or clearly more or less than was told."""
    if told is None or told.tempo != now.tempo:
        return True
    if now.tempo:
        return abs(now.bpm - told.bpm) > 2.0 * APART * told.bpm
    change = abs(now.ms - told.ms)
    return min(change, 60_000.0 / now.bpm - change) > max(limit, abs(told.ms) * LEAVE)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
