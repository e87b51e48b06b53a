"""Groove: where notes sound that are planned on the straight grid, by swing and by a drummer's lateness.

Plan, models and commit line keep to the straight places; only what leaves the ports is moved, and what is recorded.
"""

import struct
import zlib

import msgspec

from bridge.music.drum_feel import lateness
from bridge.music.note import Note, Voice
from bridge.music.swing import ended, swung

SHORTEST = 1.0 / 32.0
"""Least length in beats that a moved note keeps."""
GRID = 1.0e-3
"""Beats within which an onset lies on a sixteenth."""


class Groove(msgspec.Struct, frozen=True):
    """How the band's notes are moved. Positions are stage beats; `song` is song position minus stage beat."""

    swing: dict[Voice, float] = {}
    """Swing of each voice, 0 (even) to 1 (two to one); none is 0."""
    unit: float = 0.5
    """Length in beats of the notes that swing: 0.5 eighths, 0.25 sixteenths."""
    feel: float = 0.0
    """How much of a drummer's lateness the drums have, 0 (a machine) to 1 (as people play)."""
    style: str = "rock"
    """Whose lateness: a group or style that `bridge.music.drum_feel` knows."""

    @property
    def moves(self) -> bool:
        """Whether any note is moved at all."""
        return self.feel > 0 or any(amount > 0 for amount in self.swing.values())

    def on(self, note: Note, song: float, bpm: float) -> float:
        """Where a note begins to sound."""
        beat, swing = note.beat, self.swing.get(note.voice, 0.0)
        if swing > 0:
            beat = swung(note.beat + song, swing, self.unit) - song
        if self.feel > 0 and note.voice is Voice.DRUMS and _on_grid(note.beat + song):
            late = lateness(self.style, note.pitch, note.beat + song, _luck(note), self.feel)
            beat += late * bpm / 60.0
        return beat

    def off(self, note: Note, song: float, began: float) -> float:
        """Where a note that began to sound at `began` ends."""
        swing = self.swing.get(note.voice, 0.0)
        end = ended(note.end + song, swing, self.unit) - song if swing > 0 else note.end
        return max(end, began + min(note.duration, SHORTEST))


def _on_grid(beat: float) -> bool:
    """Whether an onset has no micro-timing of its own: a player's or a model's is left as it is."""
    return abs(beat * 4 - round(beat * 4)) < GRID


def _luck(note: Note) -> float:
    """A number from 0 to 1 that is a note's own, the same whenever it is played."""
    return zlib.crc32(struct.pack("<di", round(note.beat, 6), note.pitch)) / 2**32
