"""Simulated MIDI clocks: true tick times, what the cable makes of them, and how far a map is off."""

import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bridge.clock.midi_clock import START, TICK, TICKS, MidiClock
from bridge.clock.tempo_map import TempoMap

MEAN_LATE = 0.0008
"""Seconds by which 1 ms half-normal jitter makes ticks late on average."""


def grid(*stretches: tuple[float, int]) -> list[float]:
    """True tick times of stretches of (bpm, ticks), from 0."""
    times = [0.0]
    for bpm, ticks in stretches:
        for _ in range(ticks):
            times.append(times[-1] + 60.0 / bpm / TICKS)
    return times


def jittered(times: Iterable[float], seed: int, jitter: float = 0.001, stalls: float = 0.0) -> list[float]:
    """Arrival times: late by half-normal jitter and now and then by a stall of 10 to 30 ms, in order."""
    chance = random.Random(seed)
    arrivals: list[float] = []
    for time in times:
        late = abs(chance.gauss(0.0, jitter))
        if chance.random() < stalls:
            late += chance.uniform(0.01, 0.03)
        arrivals.append(max(time + late, arrivals[-1] + 0.0002 if arrivals else 0.0))
    return arrivals


def played(arrivals: Sequence[float], clock: MidiClock | None = None) -> list[tuple[float, TempoMap]]:
    """The maps a clock publishes after Start and a tick at each arrival, with the time of each."""
    clock = clock or MidiClock()
    clock.receive(bytes([START]), arrivals[0] - 0.001)
    maps = []
    for arrival in arrivals:
        clock.receive(bytes([TICK]), arrival)
        maps.append((arrival, clock.map))
    return maps


def errors_ms(truth: Sequence[float], maps: Sequence[tuple[float, TempoMap]]) -> list[tuple[int, float]]:
    """(true tick, distance of the published beat from the true one in ms), three times between tick and
    tick."""
    errors = []
    for (begin, tempo_map), (end, _) in pairwise(maps):
        for part in (0.0, 0.5, 0.999):
            time = begin + part * (end - begin) - MEAN_LATE
            tick = bisect_right(truth, time) - 1
            if 0 <= tick < len(truth) - 1:
                period = truth[tick + 1] - truth[tick]
                ticks = tick + (time - truth[tick]) / period
                beat = tempo_map.beat_at(time + MEAN_LATE)
                errors.append((tick, (beat * TICKS - ticks) * period * 1000.0))
    return errors


def rms(values: Iterable[float]) -> float:
    """Root mean square."""
    squares = [value * value for value in values]
    return math.sqrt(sum(squares) / len(squares))
