"""Stage beats: a source's song beats, which jump about, made into beats that never go back."""

import math

from msgspec.structs import replace

from bridge.clock.steer import steer
from bridge.clock.tempo_map import TempoMap

GRAIN = 2.0**-20
"""Grid of the stage beats at which the song jumps (0.5 microseconds at 120 BPM). It makes stage beat +
`song` exact for song positions on a binary fraction of a beat, so that a bar begins in its own bar and not
a hair before."""
SETTLE = 0.25
"""Seconds in which a small step back of the source is made up for by playing slower."""
HAIR = 1e-9
"""Beats that rounding may take back; the stage beat is then held."""
STEP_BACK = 0.5
"""Beats; a source that goes further back than this within an epoch has jumped without saying so."""


class Stage:
    """Follows one source's maps and publishes the ones everybody else plays by.

    On a new epoch of the source the stage beat goes on where it was and `song` (song position minus stage
    beat) is found afresh; within an epoch `song` stays. The stage's own epoch grows with every start, stop
    and jump. It begins with `map`, where a stage before it has been.
    """

    def __init__(self, map: TempoMap | None = None) -> None:
        self._source: TempoMap | None = None
        self._map = map or TempoMap()

    @property
    def map(self) -> TempoMap:
        """The map that holds now, in stage beats."""
        return self._map

    def follow(self, source: TempoMap, time: float) -> TempoMap:
        """Take the source's map as it is at `time` and return the map to publish.

        The same object comes back where nothing has changed, so `is` tells whether there is news.
        """
        before = self._source
        if source == before:
            return self._map
        self._source = source
        here = self._map.beat_at(time)
        song = source.beat_at(time)
        if before is None or source.epoch != before.epoch or source.playing != before.playing:
            return self._jump(source, time, here, song)
        beat = song - self._map.song
        if beat < here - STEP_BACK:
            return self._jump(source, time, here, song)
        if not source.playing or beat >= here - HAIR:
            self._map = replace(self._map, beat=max(beat, here), time=time, bpm=source.bpm, meter=source.meter)
        else:
            current = replace(self._map, meter=source.meter)
            self._map = steer(current, time, beat, source.bpm, SETTLE)
        return self._map

    def _jump(self, source: TempoMap, time: float, here: float, song: float) -> TempoMap:
        beat = math.ceil(here / GRAIN) * GRAIN
        self._map = replace(
            source,
            epoch=self._map.epoch + 1,
            beat=beat,
            time=time,
            song=song - beat,
        )
        return self._map
