"""How a band's notes agree with the piece's chords and with what the player sounds."""

from collections.abc import Sequence

from bridge.music.note import Note
from export.evaluate.accompany.sounding import at, chord_at, looks, pitched
from export.evaluate.accompany.trial import Trial

ROUGH = frozenset((1, 6, 11))
"""Intervals in semitones, octaves left out, that clash: semitone, tritone and major seventh."""
CONSONANT = frozenset((0, 3, 4, 7, 8, 9))
"""Unison, thirds, fifth and sixths, as StreamMUSE counts them."""
HALF = 0.5


def chord_tones(trial: Trial, notes: Sequence[Note]) -> float | None:
    """Share of the band's sounding time that belongs to the piece's chord of that moment."""
    band = pitched(notes)
    good = total = 0
    for beat in looks(trial):
        chord = chord_at(trial, beat)
        if chord is None:
            continue
        here = {note.pitch for note in at(band, beat)}
        total += len(here)
        good += sum(pitch % 12 in chord.pitch_classes for pitch in here)
    return good / total if total else None


def clashes(trial: Trial, notes: Sequence[Note]) -> float | None:
    """Share of the strong beats (bar lines and middles of bars) with player and band sounding on which they clash."""
    band = pitched(notes)
    bad = total = 0
    beat = trial.judged
    while beat < trial.end:
        theirs, ours = at(trial.player, beat), at(band, beat)
        if theirs and ours:
            total += 1
            bad += any((one.pitch - other.pitch) % 12 in ROUGH for one in ours for other in theirs)
        beat += trial.meter.bar * HALF
    return bad / total if total else None


def support(trial: Trial, notes: Sequence[Note]) -> tuple[float, float] | None:
    """Shares of the player's sounding time that are consonant with the band (CR), and without it (UR)."""
    band = pitched(notes)
    consonant = bare = total = 0
    for beat in looks(trial):
        ours = at(band, beat)
        for note in at(trial.player, beat):
            total += 1
            bare += not ours
            consonant += any((note.pitch - other.pitch) % 12 in CONSONANT for other in ours)
    return (consonant / total, bare / total) if total else None


def consonant(trial: Trial, notes: Sequence[Note]) -> float | None:
    """CR of `support`."""
    found = support(trial, notes)
    return None if found is None else found[0]


def unsupported(trial: Trial, notes: Sequence[Note]) -> float | None:
    """UR of `support`."""
    found = support(trial, notes)
    return None if found is None else found[1]
