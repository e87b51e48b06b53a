"""Windows: the whole bars that a pack makes at once, on a grid of 16ths that is 32 steps long."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice

PER_BEAT = 4
"""Steps a beat (quarter note)."""
STEPS = 32
"""Steps of the grid: two bars of 4/4. Other meters use as many of them as their whole bars fill."""


class Window(msgspec.Struct, frozen=True):
    """Whole bars from stage beat `start` on: `steps` steps in all, `bar` steps a bar; `number` counts from the song's
    first bar."""

    start: float
    steps: int = STEPS
    bar: int = 16
    number: int = 0

    @property
    def span(self) -> Span:
        """Its stage beats."""
        return Span(self.start, self.start + self.steps / PER_BEAT)

    @property
    def beats(self) -> float:
        """Its length."""
        return self.steps / PER_BEAT

    def before(self) -> "Window":
        """The window that ends where this one begins."""
        return Window(self.start - self.beats, self.steps, self.bar, self.number - 1)


class Cell(NamedTuple):
    """A note on the grid: its step (0 to 31), how many beats after it (before it, below 0; within an eighth of a beat)
    it begins, its pitch, its length in beats and its velocity."""

    step: int
    offset: float
    pitch: int
    length: float
    velocity: int


def window_at(beat: float, meter: Meter, song: float) -> Window:
    """The window in which a stage beat lies; `song` is the song position minus the stage beat."""
    bar = min(max(round(meter.bar * PER_BEAT), 1), STEPS)  # no meter of ours has longer bars
    bars = 1 << int(math.log2(STEPS // bar))
    beats = bars * bar / PER_BEAT
    number = math.floor((beat + song) / beats + 1e-9)
    return Window(number * beats - song, bars * bar, bar, number)


def windows(span: Span, meter: Meter, song: float) -> Iterator[Window]:
    """The windows that a span touches, in order."""
    beat = span.start
    while beat < span.end - 1e-9:
        window = window_at(beat, meter, song)
        yield window
        beat = window.span.end


def cells(notes: Sequence[Note], window: Window) -> list[Cell]:
    """The notes that begin in a window, in order. One just before its end counts to the next."""
    found = []
    for note in notes:
        place = (note.beat - window.start) * PER_BEAT
        step = math.floor(place + 0.5)
        if 0 <= step < window.steps:
            found.append(Cell(step, (place - step) / PER_BEAT, note.pitch, note.duration, note.velocity))
    return sorted(found)


def sounded(cell: Cell, window: Window, voice: Voice) -> Note:
    """A cell as a note of a voice."""
    beat = window.start + cell.step / PER_BEAT + cell.offset
    return Note(voice, beat, max(cell.length, 1 / 24), cell.pitch, min(max(cell.velocity, 1), 127))
