"""Our own clock: it plays by the tempo it is given."""

import math

from msgspec.structs import replace

from bridge.clock.steer import chase
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

EARLIEST, LATEST = -1000.0, 1e6
"""Song beats within which one can be located: beyond, a float would no longer tell fine parts of a beat apart."""
AIM = 0.25
"""Seconds within which the beat comes to lie where it was tapped."""


def placed(beat: float) -> float:
    """A song beat that one can be at; any float may come, and not-a-number is 0."""
    return 0.0 if math.isnan(beat) else min(max(beat, EARLIEST), LATEST)


class InternalClock:
    """Keeps time by itself; a `Source`. Times are seconds of any one timebase."""

    def __init__(self, bpm: float = 120.0, meter: Meter | None = None) -> None:
        self._map = TempoMap(bpm=bpm, meter=meter or Meter())
        self._goal: TempoMap | None = None

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats."""
        return self._map

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps."""
        return self._map.epoch

    @property
    def pulse(self) -> TempoMap | None:
        """Its beat, while it plays."""
        return self._map if self._map.playing else None

    @property
    def shown_bpm(self) -> float:
        """The tempo that was set."""
        return (self._goal or self._map).bpm

    @property
    def error_ms(self) -> float:
        """0: it follows nobody."""
        return 0.0

    def poll(self, time: float) -> None:
        """Bring the beat nearer to where it was tapped; nothing else changes without being told."""
        if self._goal is None:
            return
        before, self._map = self._map, chase(self._map, time, self._goal, AIM)
        if self._map is before:
            self._goal = None

    def start(self, time: float, lead_in: float = 0.0) -> None:
        """Play from the song's beginning, or a count-in of `lead_in` beats before it, in negative bars."""
        self._jump(time, placed(-lead_in), playing=True)

    def resume(self, time: float) -> None:
        """Play on from where the song stands; while playing this changes nothing."""
        if not self._map.playing:
            self._jump(time, self._map.beat, playing=True)

    def stop(self, time: float) -> None:
        """Stand still where the song is; while stopped this changes nothing."""
        if self._map.playing:
            self._jump(time, self._map.beat_at(time), playing=False)

    def locate(self, beat: float, time: float) -> None:
        """Go to a song beat, or the nearest there is, playing on if it was playing; no number changes nothing."""
        if not math.isnan(beat):
            self._jump(time, placed(beat), playing=self._map.playing)

    def set_tempo(self, bpm: float, time: float) -> None:
        """Go on from the present beat at `bpm` quarter notes a minute (> 0)."""
        self._goal = None
        self._map = replace(self._map, beat=self._map.beat_at(time), time=time, bpm=bpm)

    def set_meter(self, meter: Meter) -> None:
        """Count bars in another meter; the song beat stays."""
        self._map = replace(self._map, meter=meter)

    def align(self, due: float, time: float) -> None:
        """Let the beat that is due nearest to `due` fall there, playing a little faster or slower from `time` on."""
        if not self._map.playing:
            return
        line = self._goal or self._map
        at = line.beat_at(due)
        self._goal = replace(line, beat=line.beat_at(time) + round(at) - at, time=time)

    def _jump(self, time: float, beat: float, playing: bool) -> None:
        bpm, self._goal = self.shown_bpm, None
        self._map = replace(self._map, epoch=self._map.epoch + 1, beat=beat, time=time, bpm=bpm, playing=playing)
