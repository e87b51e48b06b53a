"""The rhythm that a kit is to follow: what was tapped in the last bars, laid over the window that is to be played."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from bridge.engine.gan_rows import Hits, tap_of
from bridge.engine.memory import Memory
from bridge.engine.window import Window, cells
from bridge.music.note import Note, Span

HAIR = 1e-6
ON_ONE_KEY = 2
"""So many of the commonest pitches count as the keys that a rhythm is tapped on."""
EARLY = 0.125
"""Beats by which a note may be ahead of the step that it belongs to."""


class Rhythm(NamedTuple):
    """Hits [32] on a window's grid, and how much of it was tapped on one or two keys (1: all; a tune less)."""

    tap: Hits
    tapped: float

    @property
    def there(self) -> bool:
        """Whether there is any."""
        return bool(self.tap.onset.any())


def rhythm_of(notes: Sequence[Note], window: Window, period: float, tapped: float | None = None) -> Rhythm:
    """Notes as they fall on a window if they come round after `period` beats; `tapped` None: by their pitches."""
    found: list[Note] = []
    for note in notes:
        beat = window.start + (note.beat - window.start + EARLY) % period - EARLY
        while beat < window.span.end - EARLY:
            found.append(msgspec.structs.replace(note, beat=beat))
            beat += period
    common = sum(count for _, count in Counter(note.pitch for note in notes).most_common(ON_ONE_KEY))
    share = common / len(notes) if notes else 0.0
    return Rhythm(tap_of(cells(found, window)), share if tapped is None else tapped)


def last_tapped(memory: Memory, window: Window, now: float, bar: float, song: float, hold: float) -> Rhythm:
    """The player's rhythm of the last bars, as it falls on a window: known up to the last whole beat before `now`.

    What was played in a bar alone comes round every bar, else every window. Where the player has stopped, the last
    bars hold for `hold` beats more. `bar` is in beats, `song` the song position minus the stage beat.
    """
    beat = math.floor(now + song + HAIR) - song
    heard = memory.player(Span(beat - hold - 2 * window.beats, beat - EARLY))
    if not heard:
        return Rhythm(tap_of(()), 0.0)
    last = heard[-1].beat
    if beat - last > bar:
        lines = int((last + EARLY + song) // bar) + 1  # the bar in which the player stopped counts whole
        end = lines * bar - song
        if beat - end > hold:
            return Rhythm(tap_of(()), 0.0)
    else:
        end = beat
    notes = [note for note in heard if end - window.beats - EARLY <= note.beat < end - EARLY]
    fresh = min(note.beat for note in notes) >= end - bar - EARLY
    return rhythm_of(notes, window, bar if fresh else window.beats)
