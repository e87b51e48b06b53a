"""Our own clock: it plays by the tempo it is given."""

import math

from msgspec.structs import replace

from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

EARLIEST, LATEST = -1000.0, 1e6
"""Song beats within which one can be located: beyond, a float would no longer tell fine parts of a beat apart."""


class InternalClock:
    """Keeps time by itself; a `Source`. Times are seconds of any one timebase."""

    def __init__(self, bpm: float = 120.0, meter: Meter | None = None) -> None:
        self._map = TempoMap(bpm=bpm, meter=meter or Meter())

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats."""
        return self._map

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps."""
        return self._map.epoch

    def poll(self, time: float) -> None:
        """Do nothing: this clock changes only when it is told to."""

    def start(self, time: float, lead_in: float = 0.0) -> None:
        """Play from the song's beginning, or a count-in of `lead_in` beats before it, in negative bars."""
        self._jump(time, 0.0 if math.isnan(lead_in) else min(max(-lead_in, EARLIEST), LATEST), playing=True)

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
            self._jump(time, min(max(beat, EARLIEST), LATEST), playing=self._map.playing)

    def set_tempo(self, bpm: float, time: float) -> None:
        """Go on from the present beat at `bpm` quarter notes a minute (> 0)."""
        self._map = replace(self._map, beat=self._map.beat_at(time), time=time, bpm=bpm)

    def set_meter(self, meter: Meter) -> None:
        """Count bars in another meter; the song beat stays."""
        self._map = replace(self._map, meter=meter)

    def _jump(self, time: float, beat: float, playing: bool) -> None:
        self._map = replace(self._map, epoch=self._map.epoch + 1, beat=beat, time=time, playing=playing)
