"""The touch: what the knobs make of a note, whoever thought of it."""

import math

import msgspec

from bridge.jam.knobs import Knobs
from bridge.music.note import Note, Voice

MEAN_VELOCITY = 80


def shaped(note: Note, knobs: Knobs, loudness: float | None = None, end: float = math.inf) -> Note:
    """A note as the knobs want it, no longer than to stage beat `end`.

    `loudness` is the player's mean velocity, which it follows; None: it has followed it already.
    """
    follow = knobs.velocity_follow * knobs.velocity_share.get(note.voice, 1.0)
    louder = 0.0 if loudness is None else follow * (loudness - MEAN_VELOCITY)
    velocity = round((note.velocity + louder) * knobs.level.get(note.voice, 1.0))
    return msgspec.structs.replace(
        note,
        velocity=min(max(velocity, 1), 127),
        pitch=min(max(note.pitch + _moved(note.voice, knobs), 0), 127),
        duration=min(note.duration, end - note.beat),
    )


def plain(note: Note, knobs: Knobs) -> Note:
    """A note that was played, as it was before level and transposition: kept like this, it can be shaped anew."""
    level = knobs.level.get(note.voice, 1.0)
    velocity = round(note.velocity / level) if level > 0.0 else note.velocity
    return msgspec.structs.replace(
        note,
        velocity=min(max(velocity, 1), 127),
        pitch=min(max(note.pitch - _moved(note.voice, knobs), 0), 127),
    )


def _moved(voice: Voice, knobs: Knobs) -> int:
    """Semitones by which a voice is transposed; drums are not."""
    return 0 if voice is Voice.DRUMS else knobs.transpose.get(voice, 0)
