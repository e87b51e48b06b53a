"""Notes and the voices that play them."""

from enum import StrEnum

import msgspec


class Voice(StrEnum):
    """Who plays a note. The first four are the band; the others have ports of their own beside it."""

    LEAD = "lead"
    CHORDS = "chords"
    BASS = "bass"
    DRUMS = "drums"
    CLICK = "click"
    GUEST = "guest"
    """The built-in player of `antiphon jam`: its port is wired to our own input."""


BAND = (Voice.DRUMS, Voice.BASS, Voice.CHORDS, Voice.LEAD)
"""The band's voices, in the order in which they are asked."""


class Note(msgspec.Struct, frozen=True, array_like=True):
    """A note of the band: onset in stage beats, duration in beats (> 0), pitch 0-127, velocity 1-127."""

    voice: Voice
    beat: float
    duration: float
    pitch: int
    velocity: int

    @property
    def end(self) -> float:
        """Stage beat at which the note is released."""
        return self.beat + self.duration


class Span(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of stage beats, `start <= beat < end`."""

    start: float
    end: float

    def __contains__(self, beat: object) -> bool:
        return isinstance(beat, int | float) and self.start <= beat < self.end
