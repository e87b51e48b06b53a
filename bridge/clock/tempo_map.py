"""The tempo map: the one answer to «which beat is it» that the wire publishes and everybody reads."""

import math

import msgspec

from bridge.music.meter import Meter


class TempoMap(msgspec.Struct, frozen=True):
    """A straight line through (`time`, `beat`) with slope `bpm`, valid until the next one is published.

    `beat` is in stage beats, `time` in seconds of the publisher's timebase, `bpm` in quarter notes a
    minute. `song` is song position minus stage beat, so bars are found in song beats. `epoch` grows at every
    start, stop and jump; tempo changes and small corrections keep it.
    """

    epoch: int = 0
    beat: float = 0.0
    time: float = 0.0
    bpm: float = 120.0
    meter: Meter = Meter()
    playing: bool = False
    song: float = 0.0

    def beat_at(self, time: float) -> float:
        """Stage beat at `time`; stands still while not playing."""
        if not self.playing:
            return self.beat
        return self.beat + (time - self.time) * self.bpm / 60.0

    def time_at(self, beat: float) -> float:
        """Time of a stage beat; infinity while not playing."""
        if not self.playing:
            return math.inf
        return self.time + (beat - self.beat) * 60.0 / self.bpm

    def bar_at(self, beat: float) -> tuple[int, float]:
        """Bar number (from 0, in song position) and beats into that bar, of a stage beat."""
        number, into = divmod(beat + self.song, self.meter.bar)
        return int(number), into

    def next_bar(self, beat: float) -> float:
        """The first stage beat at or after `beat` that begins a bar."""
        return self.meter.bar * math.ceil((beat + self.song) / self.meter.bar - 1e-9) - self.song

    def next_beat(self, beat: float) -> float:
        """The first stage beat at or after `beat` that is a whole beat of the song."""
        return math.ceil(beat + self.song - 1e-9) - self.song

    def shifted(self, seconds: float) -> "TempoMap":
        """The same map in a timebase that reads `seconds` more."""
        return msgspec.structs.replace(self, time=self.time + seconds)
