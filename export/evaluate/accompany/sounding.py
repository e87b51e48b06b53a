"""What sounds when: the part of a trial that is judged, sampled in small steps."""

from collections.abc import Iterable, Iterator, Sequence

from bridge.music.chord import Chord
from bridge.music.note import Note, Voice
from export.evaluate.accompany.trial import Trial

STEP = 1 / 12
"""Beats between two looks."""
EXACT = 1e-6
SIXTEENTHS = 4
"""Sixteenths in a beat."""


def pitched(notes: Iterable[Note]) -> list[Note]:
    """The notes that are not drums."""
    return [note for note in notes if note.voice is not Voice.DRUMS]


def judged(trial: Trial, notes: Iterable[Note]) -> list[Note]:
    """The notes that begin in the judged bars."""
    return [note for note in notes if trial.judged - EXACT <= note.beat < trial.end]


def at(notes: Sequence[Note], beat: float) -> list[Note]:
    """The notes that sound at a beat."""
    return [note for note in notes if note.beat <= beat + EXACT < note.end]


def looks(trial: Trial) -> Iterator[float]:
    """The middle of each small step of the judged bars."""
    for index in range(round((trial.end - trial.judged) / STEP)):
        yield trial.judged + (index + 0.5) * STEP


def chord_at(trial: Trial, beat: float) -> Chord | None:
    """The piece's own chord at a beat."""
    found = None
    for change in trial.chords:
        if change.beat > beat + EXACT:
            break
        found = change.chord
    return found


def sixteenth(beat: float) -> int:
    """The nearest 16th from the first bar line."""
    return round(beat * SIXTEENTHS)


def bar_steps(trial: Trial) -> int:
    """Sixteenths in a bar."""
    return max(round(trial.meter.bar * SIXTEENTHS), 1)


def by_bar(trial: Trial, notes: Iterable[Note]) -> list[list[Note]]:
    """The judged notes of each judged bar, empty bars too."""
    steps = bar_steps(trial)
    first, last = sixteenth(trial.judged) // steps, sixteenth(trial.end) // steps
    bars: list[list[Note]] = [[] for _ in range(first, last)]
    for note in judged(trial, notes):
        number = sixteenth(note.beat) // steps - first
        if 0 <= number < len(bars):
            bars[number].append(note)
    return bars
