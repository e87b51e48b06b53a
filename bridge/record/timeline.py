"""The timeline of a take: its tempo maps laid end to end, so that any stage beat has a bar and a second."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

SAME_BEAT = 1e-4
"""Bar lines closer than this many beats are one: neighbouring maps round them differently."""


class Stretch(msgspec.Struct, frozen=True):
    """Constant tempo and meter from stage beat `beat` to the next stretch; `song` as in TempoMap."""

    beat: float = 0.0
    bpm: float = 120.0
    meter: Meter = Meter()
    song: float = 0.0


class Bar(msgspec.Struct, frozen=True):
    """A bar in stage beats, `start <= beat < end`; `number` counts from 0 in song position."""

    number: int
    start: float
    end: float
    meter: Meter


class Timeline:
    """Stretches in the order of beats; the first reaches back, the last reaches on, without limit."""

    def __init__(self, maps: Iterable[TempoMap] = ()) -> None:
        self.stretches = _laid_out(maps)
        self._beats = [stretch.beat for stretch in self.stretches]
        self._seconds = [0.0]
        for this, following in pairwise(self.stretches):
            self._seconds.append(self._seconds[-1] + (following.beat - this.beat) * 60.0 / this.bpm)

    def at(self, beat: float) -> Stretch:
        """The stretch that holds a stage beat."""
        return self.stretches[self._index(beat)]

    def seconds(self, beat: float) -> float:
        """Seconds from the first stretch's beat to a stage beat; time spent standing still is left out."""
        index = self._index(beat)
        stretch = self.stretches[index]
        return self._seconds[index] + (beat - stretch.beat) * 60.0 / stretch.bpm

    def bar_line(self, beat: float) -> float:
        """The last stage beat at or before `beat` that begins a bar of the stretch it lies in."""
        stretch = self.at(beat)
        return stretch.meter.bar * _bar_number(stretch, beat) - stretch.song

    def bars(self, start: float, end: float) -> tuple[Bar, ...]:
        """Every bar that has a part in `start <= beat < end`; a jump in song position cuts a bar short."""
        lines = [*self._lines(start, end - SAME_BEAT)]
        ends = [*(line for line, _, _ in lines[1:]), self._closing(lines[-1], end)]
        return tuple(Bar(number, line, stop, meter) for (line, number, meter), stop in zip(lines, ends, strict=True))

    def _index(self, beat: float) -> int:
        return max(0, bisect_right(self._beats, beat) - 1)

    def _closing(self, final: tuple[float, int, Meter], end: float) -> float:
        """The bar line that closes the last bar: the first at or after `end`."""
        stretch = self.at(end - SAME_BEAT)
        bar = stretch.meter.bar
        line = bar * math.ceil((end + stretch.song - SAME_BEAT) / bar) - stretch.song
        return line if line > final[0] + SAME_BEAT else final[0] + final[2].bar

    def _lines(self, start: float, end: float) -> Iterator[tuple[float, int, Meter]]:
        first = self._index(start)
        last = -math.inf
        for index in range(first, len(self.stretches)):
            stretch = self.stretches[index]
            final = index + 1 == len(self.stretches)
            until = end if final else min(end, self.stretches[index + 1].beat - SAME_BEAT)
            bar = stretch.meter.bar
            if index == first:
                number = _bar_number(stretch, start)
            else:
                number = math.ceil((stretch.beat + stretch.song - SAME_BEAT) / bar)
            while (line := number * bar - stretch.song) < until or last == -math.inf:
                if line > last + SAME_BEAT:
                    yield line, number, stretch.meter
                    last = line
                number += 1
            if until == end:
                return


def _bar_number(stretch: Stretch, beat: float) -> int:
    return math.floor((beat + stretch.song) / stretch.meter.bar + 1e-9)


def _laid_out(maps: Iterable[TempoMap]) -> tuple[Stretch, ...]:
    """Maps as published -> stretches with rising beats; a later map replaces what it overlaps."""
    laid: list[Stretch] = []
    for tempo in maps:
        if not all(map(math.isfinite, (tempo.beat, tempo.bpm, tempo.song))) or tempo.bpm <= 0:
            continue
        stretch = Stretch(tempo.beat, tempo.bpm, tempo.meter, tempo.song)
        while laid and laid[-1].beat >= stretch.beat:
            laid.pop()
        if not laid or _differs(laid[-1], stretch):
            laid.append(stretch)
    return tuple(laid) or (Stretch(),)


def _differs(one: Stretch, other: Stretch) -> bool:
    return (one.bpm, one.meter, one.song) != (other.bpm, other.meter, other.song)
