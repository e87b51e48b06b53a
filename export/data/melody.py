"""A melody as training sees it: notes in ticks, bar lines, scale, and where it came from."""

from itertools import pairwise
from typing import NamedTuple

import msgspec

from bridge.engine.codec import DURATIONS
from bridge.engine.grid import TICKS, snap_tick


class Tone(NamedTuple):
    """One note: onset and length in ticks, MIDI pitch and velocity."""

    tick: int
    length: int
    pitch: int
    velocity: int

    @property
    def end(self) -> int:
        """Tick at which the note ends."""
        return self.tick + self.length


class Melody(msgspec.Struct):
    """A monophonic line. `bars` are the ticks of all bar lines, from at or before the first note to after the last."""

    id: str
    set: str
    cluster: str
    tones: list[Tone]
    bars: list[int]
    tonic: int
    mode: str
    dynamics: bool
    """Whether the velocities are a person's and may be learnt from."""


Raw = tuple[float, float, int, int]
"""A note as read: onset and duration in beats, MIDI pitch, velocity."""


def quantise(notes: list[Raw]) -> list[Tone]:
    """Notes on the grid, the highest of each onset only, none lasting into the next higher or later one."""
    top: dict[int, Tone] = {}
    for beat, duration, pitch, velocity in notes:
        tick = snap_tick(round(beat * TICKS))
        end = max(round((beat + duration) * TICKS), tick + DURATIONS[1])
        if tick not in top or pitch > top[tick].pitch:
            top[tick] = Tone(tick, end - tick, pitch, velocity)
    return [top[tick] for tick in sorted(top)]


def skyline(tones: list[Tone]) -> list[Tone]:
    """The upper line of notes in time order: what starts below a note that still sounds is left out.

    A note counts as over for the last quarter of its length, so that a hand's legato does not hide the next note.
    """
    line: list[Tone] = []
    for tone in tones:
        if line and tone.pitch < line[-1].pitch and tone.tick < line[-1].tick + 0.75 * line[-1].length:
            continue
        line.append(tone)
    cut = [tone._replace(length=min(tone.length, after.tick - tone.tick)) for tone, after in pairwise(line)]
    return [*cut, *line[-1:]]


def is_melodic(tones: list[Tone], fewest: int = 16) -> bool:
    """Whether a line is a tune and not a figure: long enough, few wide leaps, and not one pitch hammered."""
    if len(tones) < fewest:
        return False
    steps = [abs(b.pitch - a.pitch) for a, b in pairwise(tones)]
    wide = sum(step > 12 for step in steps) / len(steps)
    same = sum(step == 0 for step in steps) / len(steps)
    return sum(steps) / len(steps) <= 5.0 and wide <= 0.06 and same <= 0.6
