"""Legato: the short rests of who accompanies are filled, so that the player is not left alone between two chords."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bridge.engine.family import Ask
from bridge.music.chord import ChordAt
from bridge.music.note import Note, Voice

HELD = frozenset((Voice.CHORDS, Voice.BASS))
"""Voices whose notes are held."""
TOGETHER = 0.06
"""Beats within which two onsets of a voice are one."""


def sustained(notes: Sequence[Note], ask: Ask, longest: Mapping[Voice, float]) -> Sequence[Note]:
    """A voice's notes of an answer, held as `longest` has it for the voice; what is made from a phrase of the player's
    keeps its rhythm.
    """
    rest = longest.get(notes[0].voice, 0.0) if notes else 0.0
    return held(notes, rest, ask.chords) if rest > 0.0 and ask.material is None else notes


def held(notes: Sequence[Note], longest: float, chords: Sequence[ChordAt] = ()) -> list[Note]:
    """A voice's notes, each held until the voice's next onset where the rest before that is no longer than `longest`.

    A note is not held into a chord of `chords` (stage beats, rising) that it is no tone of, nor is the last one, whose
    next onset nobody knows. Beats throughout.
    """
    onsets = sorted({note.beat for note in notes})
    return [_held(note, onsets, longest, chords) for note in notes]


def _held(note: Note, onsets: Iterable[float], longest: float, chords: Sequence[ChordAt]) -> Note:
    following = next((beat for beat in onsets if beat > note.beat + TOGETHER), None)
    end = note.beat + note.duration
    if note.voice not in HELD or following is None or not end < following <= end + longest:
        return note
    foreign = (at.beat for at in chords if at.beat > note.beat and not _belongs(note, at))
    until = max(min(following, *foreign, following), end)
    return msgspec.structs.replace(note, duration=until - note.beat)


def _belongs(note: Note, at: ChordAt) -> bool:
    return at.chord is not None and note.pitch % 12 in at.chord.pitch_classes
