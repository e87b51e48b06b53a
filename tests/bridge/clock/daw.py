"""Simulated DAWs: what one does, and the news of it that arrives late."""

import math
import random
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from bridge.clock.daw import DawClock, Observation


class Stretch(Struct, frozen=True):
    """From `time` on the DAW is at `beat` and plays at `bpm`, or stands where `bpm` is 0."""

    time: float
    beat: float
    bpm: float


class Daw:
    """A DAW that plays stretches one after the other and tells of it `rate` times a second."""

    def __init__(self, *stretches: Stretch) -> None:
        self.stretches = stretches

    def now(self, time: float) -> tuple[float, float]:
        """Beat and BPM at a time."""
        at = next(stretch for stretch in reversed(self.stretches) if stretch.time <= time)
        return at.beat + (time - at.time) * at.bpm / 60.0, at.bpm

    def news(
        self, seconds: float, seed: int = 0, rate: float = 10.0, jitter: float = 0.01, stalls: float = 0.01
    ) -> Iterator[Observation]:
        """What arrives: exact as of when it was read, late by exponential jitter and now and then by 0.1 to 0.4 s."""
        chance, arrival = random.Random(seed), 0.0
        for index in range(int(seconds * rate)):
            time = index / rate
            late = 0.002 + (chance.expovariate(1.0 / jitter) if jitter else 0.0)
            late += chance.uniform(0.1, 0.4) if chance.random() < stalls else 0.0
            arrival = max(arrival + 0.0002, time + late)
            beat, bpm = self.now(time)
            yield Observation(arrival, bpm > 0.0, beat, bpm or None)


def ramp(start: Stretch, bpm: float, seconds: float, steps: int = 100) -> list[Stretch]:
    """A ramp from a stretch to another tempo, in small steps, and the stretch after it."""
    stretches = [start]
    for step in range(1, steps + 1):
        last = stretches[-1]
        time = start.time + seconds * step / steps
        beat = last.beat + (time - last.time) * last.bpm / 60.0
        stretches.append(Stretch(time, beat, start.bpm + (bpm - start.bpm) * step / steps))
    return stretches


def loop(bpm: float, beats: float, times: int) -> list[Stretch]:
    """The same beats again and again, from 0."""
    return [Stretch(index * beats * 60.0 / bpm, 0.0, bpm) for index in range(times)]


def followed(daw: Daw, news: Iterator[Observation] | list[Observation], clock: DawClock) -> list[tuple[float, float]]:
    """(time, ms by which the published beat lies ahead of the true one) every 10 ms while both play."""
    errors: list[tuple[float, float]] = []
    told = list(news)
    for seen, after in pairwise([*told, Observation(told[-1].time + 0.1, False)]):
        clock.observe("live", seen)
        time = seen.time
        while time < after.time:
            clock.poll(time)
            beat, bpm = daw.now(time)
            if bpm and clock.map.playing:
                errors.append((time, (clock.map.beat_at(time) - beat) * 60_000.0 / bpm))
            time += 0.01
    return errors


def worst(errors: list[tuple[float, float]], start: float, end: float = math.inf) -> float:
    """The largest error, in ms, from one time to another."""
    return max(abs(error) for time, error in errors if start <= time < end)
