"""Bar lines with their meters: a ruling of a piece that its notes, its chords and its window agree on."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bridge.engine.grid import TICKS
from export.data.abc import Ruled
from export.data.piece import Table
from export.data.readers import barlines
from export.data.rows import Raw


class Mark(NamedTuple):
    """A time signature from a beat on."""

    beat: float
    beats: int
    unit: int

    @property
    def bar(self) -> int:
        """Ticks of a bar."""
        return max(1, self.beats * 4 * TICKS // self.unit)


class Ruling(NamedTuple):
    """Bar lines in ticks, and (first bar, beats, unit) where the meter changes."""

    bars: Table
    meters: list[tuple[int, int, int]]


COMMON = Mark(0.0, 4, 4)
APART = TICKS // 2
"""Ticks by which a written source and its notes may differ in length."""


def rule(marks: list[Mark], raw: Raw, end: int) -> Ruling:
    """The ruling of notes under time signatures; the last bar line is the first after the last onset, tick `end`."""
    marks = sorted(mark for mark in marks if mark.unit in (1, 2, 4, 8, 16, 32) and 0 < mark.beats <= 32) or [COMMON]
    heard = [(float(on), float(length), int(pitch), 0) for on, length, pitch, _ in raw]
    lines = barlines([(mark.beat, mark.bar / TICKS) for mark in marks], heard, end)
    return named(covering(lines, end, marks[-1].bar), marks)


def written(ruled: Ruled, mark: Mark, end: int, last: int) -> Ruling | None:
    """The ruling that a source states, where it is as long as the notes (`end` ticks, the last onset at `last`)."""
    if abs(float(ruled.end) * TICKS - end) > APART or not ruled.lines:
        return None
    lines = sorted({round(float(line) * TICKS) for line in ruled.lines})
    if lines[0] > 0:
        lines.insert(0, min(lines[0] - mark.bar, 0))
    return named(covering(lines, last, mark.bar), [mark])


def covering(lines: list[int], last: int, bar: int) -> list[int]:
    """Bar lines up to the first after tick `last`, more of them `bar` ticks apart where there are too few."""
    while lines[-1] <= last:
        lines.append(lines[-1] + bar)
    return lines[: next(index for index, line in enumerate(lines) if line > last) + 1]


def named(lines: list[int], marks: list[Mark]) -> Ruling:
    """Bar lines with the meter of each bar: what the signature says where the length agrees, else by its length."""
    meters: list[tuple[int, int, int]] = []
    for index, (start, end) in enumerate(pairwise(lines)):
        mark = [m for m in marks if m.beat * TICKS < end][-1:] or marks[:1]
        beats, unit = (mark[0].beats, mark[0].unit) if mark[0].bar == end - start else spelled(end - start)
        if not meters or meters[-1][1:] != (beats, unit):
            meters.append((index, beats, unit))
    return Ruling(np.array(lines, np.int32), meters)


def spelled(ticks: int) -> tuple[int, int]:
    """A meter of so many ticks, in the largest unit that fits."""
    for unit in (4, 8, 16, 32):
        beat = 4 * TICKS // unit
        if ticks % beat == 0:
            return ticks // beat, unit
    return max(1, round(ticks / 3)), 32


class Pulses(NamedTuple):
    """Stretches of a ruling in which one chord holds: their edges in ticks, and how strong each beginning is."""

    ticks: Table
    strengths: Table


def pulses(ruling: Ruling) -> Pulses:
    """The pulses of every bar: quarters, or three eighths where the meter is compound."""
    edges: list[int] = []
    strengths: list[int] = []
    changes = {index: (beats, unit) for index, beats, unit in ruling.meters}
    pulse = TICKS
    for index, (start, end) in enumerate(pairwise(ruling.bars.tolist())):
        if index in changes:
            beats, unit = changes[index]
            pulse = 12 * TICKS // unit if unit >= 8 and beats % 3 == 0 else TICKS
        inside = range(start, end, pulse)
        for number, tick in enumerate(inside):
            edges.append(tick)
            strengths.append(2 if number == 0 else int(number * 2 == len(inside)))
    return Pulses(np.array([*edges, int(ruling.bars[-1])], np.int32), np.array(strengths, np.int32))
