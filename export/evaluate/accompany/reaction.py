"""How soon a band is in a new chord."""

from collections.abc import Sequence
from itertools import pairwise

from bridge.music.chord import ChordAt
from bridge.music.note import Note
from export.evaluate.accompany.sounding import EXACT, STEP, at, pitched
from export.evaluate.accompany.trial import Trial

ENOUGH = 0.5
"""Share of the sounding notes that must belong to the new chord."""


def reaction(trial: Trial, notes: Sequence[Note]) -> float | None:
    """Beats from a change of the piece's chord until more than half of what the band sounds belongs to the new one.

    A change that is never followed counts as long as its chord lasts. None where no chord changes.
    """
    band = pitched(notes)
    last = ChordAt(trial.end, None)
    found = [
        _beats(band, now, then.beat)
        for before, (now, then) in zip(trial.chords, pairwise((*trial.chords[1:], last)), strict=False)
        if now.chord is not None and before.chord is not None and now.beat >= trial.judged - EXACT
    ]
    return sum(found) / len(found) if found else None


def _beats(band: Sequence[Note], change: ChordAt, end: float) -> float:
    chord = change.chord
    assert chord is not None
    for index in range(round((end - change.beat) / STEP)):
        here = {note.pitch for note in at(band, change.beat + (index + 0.5) * STEP)}
        inside = sum(pitch % 12 in chord.pitch_classes for pitch in here)
        if here and inside > ENOUGH * len(here):
            return index * STEP
    return end - change.beat
