"""What was really played, as notes: the memory of families that read whole bars instead of single events."""

from bisect import bisect_right
from collections.abc import Collection

from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.music.note import Note, Span, Voice

KEPT = 4096
"""Events kept at least; the oldest go."""
SHORTEST = 1 / 24
"""Beats that a key counts as held at least."""


class Memory:
    """Events in the order of their beats. `version` changes with each of the player's notes, and when it is wound
    back."""

    def __init__(self) -> None:
        self._events: list[Heard] = []
        self.version = 0

    def hear(self, event: Heard) -> None:
        """Put an event in its place, after those of the same beat."""
        self._events.insert(bisect_right(self._events, event.beat, key=lambda each: each.beat), event)
        self.version += not isinstance(event, Sounded)
        if len(self._events) > 2 * KEPT:
            del self._events[:-KEPT]

    def rewind(self, beat: float) -> None:
        """Forget everything at or after a stage beat."""
        while self._events and self._events[-1].beat >= beat:
            self._events.pop()
        self.version += 1

    def player(self, span: Span, now: float | None = None) -> list[Note]:
        """The player's notes that begin in a span, as notes of the lead, in order. A key that is still down is held
        until `now`, or to the end of the span."""
        until = max(span.start, span.end if now is None else now)
        found: list[Note] = []
        down: dict[int, Pressed] = {}
        for event in self._events[self._first(span.start) :]:
            if isinstance(event, Pressed) and event.beat < span.end:
                if event.pitch in down:
                    found.append(_played(down[event.pitch], event.beat))
                down[event.pitch] = event
            elif isinstance(event, Released) and event.pitch in down:
                found.append(_played(down.pop(event.pitch), event.beat))
        found += [_played(event, until) for event in down.values()]
        return sorted(found, key=lambda note: (note.beat, note.pitch))

    def band(self, span: Span, voices: Collection[Voice] = tuple(Voice)) -> list[Note]:
        """The band's own notes that began in a span, in order."""
        found = [event.note for event in self._events[self._first(span.start) :] if isinstance(event, Sounded)]
        return [note for note in found if note.beat in span and note.voice in voices]

    @property
    def last_pressed(self) -> float | None:
        """The stage beat at which the player last put a key down."""
        return next((event.beat for event in reversed(self._events) if isinstance(event, Pressed)), None)

    def _first(self, beat: float) -> int:
        return bisect_right(self._events, beat - 1e-9, key=lambda each: each.beat)


def _played(event: Pressed, end: float) -> Note:
    return Note(Voice.LEAD, event.beat, max(end - event.beat, SHORTEST), event.pitch, event.velocity)
