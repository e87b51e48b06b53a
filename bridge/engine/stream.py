"""The stream of what was really played, as codec events in time order, with the model's state after each."""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from bridge.engine.codec import PART_OF, Event, Part, bar_ticks, encode, start
from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.engine.grid import TICKS, snap
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice

RECENT = 16 * TICKS
"""Ticks of the player's playing that count as how they play now."""
REREAD = 256
"""Events that are read again when the bars move, as at every start and loop: it must not take longer than a beat."""

State = TypeVar("State")


class Frame(msgspec.Struct, frozen=True):
    """Where the bars lie: ticks of a bar, and the beats to add to stage beats to count from a bar line."""

    bar: int = 4 * TICKS
    phase: float = 0.0

    @classmethod
    def of(cls, meter: Meter, song: float) -> "Frame":
        """The frame of a meter and a song offset; offsets whole bars and whole beats apart are the same frame."""
        period = meter.bar if meter.unit <= 4 else float(meter.beats)
        phase = song % period
        return cls(bar_ticks(meter), 0.0 if period - phase < 1e-9 else phase)

    def tick(self, beat: float) -> int:
        """The place on the grid, in ticks since a bar line, of a stage beat."""
        return snap((beat + self.phase) * TICKS)

    def beat(self, tick: int) -> float:
        """The stage beat of a tick."""
        return tick / TICKS - self.phase


class Point(msgspec.Struct, Generic[State]):
    """An event of the stream with the model's state before and after it. `heard` is None for START."""

    beat: float
    tick: int
    event: Event
    before: State
    after: State
    heard: Heard | None


Feed = Callable[[State, Event, int, int], State]
"""(state before, event, its tick since a bar line, ticks of the bar) -> state after."""


class Stream(Generic[State]):
    """Events in the order of their beats. States are kept for the last `keep` events at least, so that the stream can
    be wound back, and an event that comes late can be put in its place.
    """

    def __init__(self, zero: State, feed: Feed[State], voices: Iterable[Voice], keep: int = 1024) -> None:
        self.frame = Frame()
        self.points: list[Point[State]] = []
        self._zero = zero
        self._feed = feed
        self._voices = frozenset(voices)
        self._keep = keep

    def hear(self, event: Heard) -> None:
        """Put an event in its place, after those of the same beat, and bring the states behind it up to date."""
        if isinstance(event, Sounded) and event.note.voice not in self._voices:
            return
        at = bisect_right(self.points, event.beat, key=lambda point: point.beat)
        later = [point.heard for point in self.points[at:] if point.heard is not None]
        del self.points[self._sure(at) :]
        for each in (event, *later):
            self.points = self.extend(self.points, each)
        if len(self.points) > 2 * self._keep:
            del self.points[: -self._keep]

    def rewind(self, beat: float) -> None:
        """Forget everything at or after a stage beat."""
        while self.points and self.points[-1].beat >= beat:
            self.points.pop()
        if self.points and self.points[-1].heard is None:
            self.points.pop()

    def reframe(self, frame: Frame) -> None:
        """Count bars from elsewhere: what was played lately is read again in its new places, the rest forgotten."""
        before, self.frame = self.frame, frame
        if frame.bar == before.bar and abs(frame.phase - before.phase) < 1.0 / TICKS:
            return
        heard = [point.heard for point in self.points if point.heard is not None]
        self.points = []
        for event in heard[-REREAD:]:
            self.points = self.extend(self.points, event)

    def branch(self, notes: Iterable[Note], beat: float) -> list[Point[State]]:
        """The last points of the stream with band notes that it has not heard yet in their places; never empty.

        The stream is not changed. Where nothing was heard the branch starts at the bar line at or before `beat`.
        """
        mine = [note for note in notes if note.voice in self._voices]
        known = self._sounded(min((note.beat for note in mine), default=0.0))
        new = [Sounded(note) for note in mine if self._key(note) not in known]
        if not self.points and not new:
            return [self._start(beat)]
        if not new:
            return self.points[-1:]
        at = bisect_right(self.points, min(event.beat for event in new), key=lambda point: point.beat)
        rest = [point.heard for point in self.points[at:] if point.heard is not None]
        points = self.points[max(at - 1, 0) : self._sure(at)]
        for event in sorted([*rest, *new], key=lambda event: event.beat):
            points = self.extend(points, event)
        return points

    def density(self) -> float:
        """Onsets a beat in the player's last sixteen beats; NaN before there are four of them."""
        ticks: set[int] = set()
        last: int | None = None
        for point in reversed(self.points):
            if point.event.voice not in (Part.HELD, Part.RELEASE):
                continue
            last = point.tick if last is None else last
            if last - point.tick > RECENT:
                break
            if point.event.voice == Part.HELD:
                ticks.add(point.tick)
        if last is None or len(ticks) < 4:
            return math.nan
        return len(ticks) * TICKS / max(last - min(ticks), TICKS)

    def extend(self, points: list[Point[State]], heard: Heard) -> list[Point[State]]:
        """`points` (changed in place, or a new list where it was empty) with one more event behind them."""
        if not points:
            points = [self._start(heard.beat)]
        last, tick = points[-1], self.frame.tick(heard.beat)
        event = _event(heard, tick - last.tick)
        state = self._feed(last.after, event, tick, self.frame.bar)
        points.append(Point(heard.beat, tick, event, last.after, state, heard))
        return points

    def _sure(self, at: int) -> int:
        """How many of the first `at` points hold; START does not where an event comes in just behind it."""
        return 0 if at == 1 and self.points[0].heard is None else at

    def _start(self, beat: float) -> Point[State]:
        tick = self.frame.tick(beat)
        tick -= tick % self.frame.bar
        state = self._feed(self._zero, start(), tick, self.frame.bar)
        return Point(float("-inf"), tick, start(), self._zero, state, None)

    def _sounded(self, since: float) -> set[tuple[Voice, int, int]]:
        """Band notes heard from a stage beat on."""
        found = set()
        for point in reversed(self.points):
            if point.beat < since - 1.0:
                break
            if isinstance(point.heard, Sounded):
                found.add(self._key(point.heard.note))
        return found

    def _key(self, note: Note) -> tuple[Voice, int, int]:
        return note.voice, self.frame.tick(note.beat), note.pitch


def _event(heard: Heard, gap: int) -> Event:
    match heard:
        case Pressed():
            return encode(Part.HELD, gap, heard.pitch, 0, heard.velocity)
        case Released():
            return encode(Part.RELEASE, gap, heard.pitch, 0, 0)
        case Sounded():
            note = heard.note
            return encode(PART_OF[note.voice], gap, note.pitch, round(note.duration * TICKS), note.velocity)
