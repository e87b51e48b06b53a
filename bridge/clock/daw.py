"""A DAW's follower: what its control surface tells ten times a second becomes a tempo map.

Such news (AbletonOSC, REAPER's and Ardour's OSC) is exact in what it says and late in saying it: a position is true
when it is read, and arrives some milliseconds after, or half a second after while a menu is open; it may be cut to a
hundredth of a beat. All of that makes a position look too small for its time, never too large. So the line is laid
along the upper edge of what the last seconds told, at the tempo that the DAW states, and what is late counts for
nothing. A position is taken for a jump

- at once where it is less than the one before: news overtakes no news;
- at once where it is further on than the time since the one before allows, and ahead of the line;
- when the next ones agree, where it only lags: a lagging one may be late.

On simulated DAWs (10 Hz, 10 ms of exponential jitter, one in a hundred late by 0.1 to 0.4 s) the published beat lies 3
to 5 ms rms behind the true one, 9 ms at worst; with 30 ms of jitter 5 and 21 ms; 26 ms at worst in a ramp from 120 to
100 BPM in 4 s. A loop is noticed with the first news after it.

Where the DAW states no tempo, or plays at another than it states (REAPER's play rate), its positions tell it.
"""

import math
from collections import deque
from itertools import combinations, pairwise
from statistics import median

import msgspec
from msgspec.structs import replace

from bridge.clock.steer import chase
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

WINDOW = 4.0
"""Seconds of news that the line is laid along."""
ALONE = 4
"""Positions below which the highest one makes the edge; from then on the second, in case one was wrong."""
AIM = 0.3
"""Seconds within which the published beat meets the line."""
BACK = 0.1
"""Beats less than the position before that are a jump."""
AWAY = 0.5
"""Beats off the line, and off what the position before allows, that may be a jump."""
AGREE = 0.2
"""Beats within which lagging positions agree on where they are."""
SURE = 0.5
"""Seconds for which they do."""
STILL = 0.6
"""Seconds for which the position of a DAW that says it plays may be the same; then it stands."""
SILENCE = 5.0
"""Seconds without news after which a DAW is gone: longer than most menus are open."""
MEASURE = 2.0
"""Seconds of positions, at least, that can tell the tempo against the DAW's word; a quarter where it has none."""
ENOUGH = 5
"""Positions that are needed for that."""
HOLE = 1.0
"""Seconds without news after which the positions before tell no tempo."""
OFF = 0.03
"""Part of the stated tempo by which the positions must contradict it."""
FINE = 0.003
"""The same where none is stated."""
POINTS = 12
"""Positions, at most, that are compared with each other for that."""
TOGETHER = 0.02
"""Seconds within which positions came in one lump, of which the last is the least late."""
STEP = 0.05
"""Seconds between two steers of the published beat while no news comes."""
SLOWEST_BPM, FASTEST_BPM = 5.0, 999.0


class Observation(msgspec.Struct, frozen=True):
    """What a DAW said, arrived at `time`; None is what it said nothing of."""

    time: float
    playing: bool
    beat: float | None = None
    """Song position in quarter notes."""
    bpm: float | None = None
    meter: Meter | None = None


class DawClock:
    """Follows one DAW at a time; a `Source`. Times are seconds of any one timebase."""

    def __init__(self, bpm: float = 120.0, meter: Meter | None = None) -> None:
        self._map = TempoMap(bpm=bpm, meter=meter or Meter())
        self._line = self._map
        self._name = ""
        self._heard = -math.inf
        self._told: float | None = None
        self._told_at = -math.inf
        self._errors: deque[tuple[float, float]] = deque()
        """(time, beats off the line) of the last positions."""
        self._run: deque[tuple[float, float]] = deque()
        """(time, beat) of the last positions since a jump."""
        self._lagging: list[tuple[float, float]] = []
        self._still = 0.0
        self._stood = False
        self._states_meter = False

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats; while playing, each goes on where the last one is."""
        return self._map

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps."""
        return self._map.epoch

    @property
    def pulse(self) -> TempoMap | None:
        """Its beat, while it plays and says where."""
        return self._map if self._map.playing and self._errors else None

    @property
    def shown_bpm(self) -> float:
        """The tempo that it states, or that its positions come to."""
        return round(self._line.bpm, 2)

    @property
    def error_ms(self) -> float:
        """How late its news is: the last positions' distance from the line, median, so that a menu does not count."""
        if not self._errors:
            return 0.0
        return median(abs(error) for _, error in self._errors) * 60_000.0 / self._line.bpm

    @property
    def name(self) -> str:
        """The DAW that is followed; empty before the first."""
        return self._name

    def observe(self, name: str, seen: Observation) -> None:
        """Take news of a DAW. Another than the one that is followed is heard when that one stands or is gone."""
        if name != self._name:
            if self._map.playing and seen.time - self._heard <= SILENCE:
                return
            self._name = name
        time = self._heard = max(seen.time, self._heard)
        beat = seen.beat if seen.beat is not None and math.isfinite(seen.beat) else None
        if seen.meter is not None:
            self._states_meter = True
            self._map = replace(self._map, meter=seen.meter)
        self._state_tempo(seen.bpm, time)
        if not seen.playing:
            self._stand(beat, time)
        elif not self._map.playing:
            self._go(beat, time)
        elif beat is not None:
            self._place(beat, time)

    def poll(self, time: float) -> None:
        """Notice that the news has stopped coming, and bring the beat to the line meanwhile."""
        if not self._map.playing:
            return
        if time - self._heard > SILENCE:
            self._jump(time, self._map.beat_at(time), playing=False)
        elif time - self._map.time > STEP:
            self._map = chase(self._map, time, self._line, AIM)

    def set_meter(self, meter: Meter) -> None:
        """Count bars in another meter, unless the DAW has stated one."""
        if not self._states_meter:
            self._map = replace(self._map, meter=meter)

    def _state_tempo(self, bpm: float | None, time: float) -> None:
        if bpm is None or not SLOWEST_BPM <= bpm <= FASTEST_BPM or bpm == self._told:
            return
        self._told, self._told_at = bpm, time
        self._turn(bpm, time)

    def _turn(self, bpm: float, time: float) -> None:
        """Go on at another tempo from where the line is."""
        self._line = replace(self._line, beat=self._line.beat_at(time), time=time, bpm=bpm)
        if self._map.playing:
            self._map = chase(self._map, time, self._line, AIM)
        else:
            self._map = replace(self._map, bpm=bpm)

    def _stand(self, beat: float | None, time: float) -> None:
        self._stood = False
        here = self._map.beat_at(time) if beat is None else beat
        if self._map.playing or here != self._map.beat:
            self._jump(time, here, playing=False)

    def _go(self, beat: float | None, time: float) -> None:
        if self._stood and (beat is None or beat == self._map.beat):
            return
        self._stood = False
        self._jump(time, self._map.beat if beat is None else beat, playing=True)
        if beat is not None:
            self._take(beat, time)

    def _place(self, beat: float, time: float) -> None:
        """Take a position of a DAW that plays."""
        before, last = self._run[-1] if self._run else (time, beat)
        if beat == last and self._run:
            if time - self._still > STILL:
                self._stood = True
                self._jump(time, beat, playing=False)
            return
        self._still = time
        off = beat - self._line.beat_at(time)
        step = beat - last - (time - before) * self._line.bpm / 60.0
        self._lagging = [*self._lagging, (time, off)] if off < -AWAY and time > before else []
        if beat < last - BACK or (off > AWAY and step > AWAY) or self._lags():
            self._jump(time, beat, playing=True)
        self._take(beat, time)
        self._measure(time)

    def _lags(self) -> bool:
        """Whether positions have lagged by the same for long enough to mean it."""
        lags = [(time, off) for time, off in self._lagging if abs(off - self._lagging[-1][1]) <= AGREE]
        self._lagging = lags
        return len(lags) > 2 and lags[-1][0] - lags[0][0] >= SURE

    def _take(self, beat: float, time: float) -> None:
        """Lay the line along the upper edge of the last positions."""
        if self._run and time - self._run[-1][0] < TOGETHER:
            self._run.pop()
        self._run.append((time, beat))
        self._errors.append((time, beat - self._line.beat_at(time)))
        for kept in (self._run, self._errors):
            while time - kept[0][0] > WINDOW:
                kept.popleft()
        ordered = sorted(error for _, error in self._errors)
        edge = ordered[-1] if len(ordered) < ALONE else ordered[-2]
        self._line = replace(self._line, beat=self._line.beat_at(time) + edge, time=time)
        self._errors = deque((at, error - edge) for at, error in self._errors)
        if abs(self._line.beat_at(time) - self._map.beat_at(time)) > AWAY:
            self._line = self._map = replace(self._line, epoch=self._map.epoch + 1)
        else:
            self._map = chase(self._map, time, self._line, AIM)

    def _measure(self, time: float) -> None:
        """Go by the tempo of the positions, where none is stated or they contradict it."""
        since = self._run[0][0]
        needed = MEASURE if self._told else MEASURE / 4.0
        if len(self._run) < ENOUGH or time - since < needed or (self._told and self._told_at > since):
            return
        if any(after - before > HOLE for (before, _), (after, _) in pairwise(self._run)):
            return
        bpm = 60.0 * _slope(list(self._run)[:: len(self._run) // POINTS + 1])
        if self._told and abs(bpm - self._told) <= OFF * self._told:
            bpm = self._told
        off = abs(bpm - self._line.bpm) / self._line.bpm
        if SLOWEST_BPM <= bpm <= FASTEST_BPM and off > (OFF if self._told and bpm != self._told else FINE):
            self._turn(bpm, time)
            self._errors = deque((at, beat - self._line.beat_at(at)) for at, beat in self._run)

    def _jump(self, time: float, beat: float, playing: bool) -> None:
        """Begin a new epoch at a position."""
        self._run.clear()
        self._errors.clear()
        self._lagging.clear()
        self._still = time
        epoch, bpm = self._map.epoch + 1, self._line.bpm
        self._map = replace(self._map, epoch=epoch, beat=beat, time=time, bpm=bpm, playing=playing)
        self._line = self._map


def _slope(points: list[tuple[float, float]]) -> float:
    """Beats a second: the median of the slopes between any two points, which some late ones do not bend."""
    return median((b - a) / (t - s) for (s, a), (t, b) in combinations(points, 2))
