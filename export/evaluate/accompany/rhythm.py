"""When a band plays: with the written part, with the player, how evenly spread, how much."""

from collections.abc import Sequence

from bridge.music.note import Note
from export.evaluate.accompany.sounding import bar_steps, by_bar, judged, pitched, sixteenth
from export.evaluate.accompany.trial import Trial
from export.evaluate.figures import entropy


def onset_agreement(trial: Trial, notes: Sequence[Note]) -> float | None:
    """F1 of the 16ths on which the band begins notes and those on which the written part does."""
    return _agreement(_places(trial, notes), _places(trial, trial.human)) if trial.human else None


def with_player(trial: Trial, notes: Sequence[Note]) -> float | None:
    """F1 of the 16ths on which the band begins notes and those on which the player does."""
    return _agreement(_places(trial, notes), _places(trial, trial.player))


def groove(trial: Trial, notes: Sequence[Note]) -> float | None:
    """Share of the 16ths of a bar on which band and written part both begin or both do not, meaned over the bars."""
    if not trial.human:
        return None
    steps = bar_steps(trial)
    ours, theirs = (by_bar(trial, pitched(part)) for part in (notes, trial.human))
    shares = []
    for one, other in zip(ours, theirs, strict=True):
        a, b = ({sixteenth(note.beat) % steps for note in bar} for bar in (one, other))
        shares.append(1 - len(a ^ b) / steps)
    return sum(shares) / len(shares) if shares else None


def onset_entropy(trial: Trial, notes: Sequence[Note]) -> float | None:
    """Bits of the distribution of onsets over the 16ths of the bar."""
    steps = bar_steps(trial)
    found = [sixteenth(note.beat) % steps for note in judged(trial, pitched(notes))]
    return entropy(found) if found else None


def density(trial: Trial, notes: Sequence[Note]) -> float:
    """Pitched notes a beat."""
    return len(judged(trial, pitched(notes))) / (trial.end - trial.judged)


def _places(trial: Trial, notes: Sequence[Note]) -> set[int]:
    return {sixteenth(note.beat) for note in judged(trial, pitched(notes))}


def _agreement(ours: set[int], theirs: set[int]) -> float | None:
    if not ours and not theirs:
        return None
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))
