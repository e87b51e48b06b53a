"""Steering: from where the beat is to where it should be, without a jump."""

import msgspec

from bridge.clock.tempo_map import TempoMap

SLOWEST = 0.1
"""The part of the tempo that a map which ran ahead slows down to at most; it never stands still."""


def steer(current: TempoMap, time: float, beat: float, bpm: float, ahead: float) -> TempoMap:
    """The map that leaves `current` at `time` and meets the line (`time`, `beat`, `bpm`) `ahead` seconds on.

    The beat is continuous at `time` and goes on rising, whatever the error is; the epoch stays.
    """
    rate = bpm / 60.0
    start = current.beat_at(time)
    slope = max((beat - start) / ahead + rate, SLOWEST * rate)
    return msgspec.structs.replace(current, beat=start, time=time, bpm=slope * 60.0)
