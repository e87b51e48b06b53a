"""Steering: from where the beat is to where it should be, without a jump."""

import msgspec

from bridge.clock.tempo_map import TempoMap

SLOWEST = 0.1
"""The part of the tempo that a map which ran ahead slows down to at most; it never stands still."""
NEAR = 0.00003
"""Seconds from its goal at which a map is left as it is, now and a second on."""


def steer(current: TempoMap, time: float, beat: float, bpm: float, ahead: float) -> TempoMap:
    """The map that leaves `current` at `time` and meets the line (`time`, `beat`, `bpm`) `ahead` seconds on.

    The beat is continuous at `time` and goes on rising, whatever the error is; the epoch stays.
    """
    rate = bpm / 60.0
    start = current.beat_at(time)
    slope = max((beat - start) / ahead + rate, SLOWEST * rate)
    return msgspec.structs.replace(current, beat=start, time=time, bpm=slope * 60.0)


def chase(current: TempoMap, time: float, goal: TempoMap, ahead: float) -> TempoMap:
    """Steer a playing map towards the line `goal`; called again and again it comes to lie on it.

    Where it does, the same object comes back.
    """
    near = NEAR * goal.bpm / 60.0
    error = goal.beat_at(time) - current.beat_at(time)
    turn = (goal.bpm - current.bpm) / 60.0
    if abs(error) < near and abs(error + turn) < near:
        return current
    if abs(error) < near:
        return msgspec.structs.replace(current, beat=current.beat_at(time), time=time, bpm=goal.bpm)
    return steer(current, time, goal.beat_at(time), goal.bpm, ahead)
