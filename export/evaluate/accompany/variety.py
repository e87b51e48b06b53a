"""How varied a band is: the pitch classes it uses, and how much its bars are alike."""

from collections.abc import Sequence
from itertools import combinations

from bridge.music.note import Note
from export.evaluate.accompany.sounding import bar_steps, by_bar, judged, pitched, sixteenth
from export.evaluate.accompany.trial import Trial
from export.evaluate.figures import entropy


def pitch_entropy(trial: Trial, notes: Sequence[Note]) -> float | None:
    """Bits of the distribution of pitch classes."""
    found = [note.pitch % 12 for note in judged(trial, pitched(notes))]
    return entropy(found) if found else None


def self_similarity(trial: Trial, notes: Sequence[Note]) -> float | None:
    """What two bars have in common (16th and pitch class), as a share of what either has, meaned over all pairs."""
    steps = bar_steps(trial)
    bars = [{(sixteenth(note.beat) % steps, note.pitch % 12) for note in bar} for bar in by_bar(trial, pitched(notes))]
    pairs = [(one, other) for one, other in combinations(bars, 2) if one or other]
    return sum(len(one & other) / len(one | other) for one, other in pairs) / len(pairs) if pairs else None
