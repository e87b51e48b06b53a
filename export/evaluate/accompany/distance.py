"""How far the distributions of a band's notes are from those of people, over all trials together."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from bridge.music.note import Note
from export.evaluate.accompany.sounding import at, bar_steps, judged, pitched, sixteenth
from export.evaluate.accompany.trial import Trial
from export.evaluate.figures import divergence

Histograms = Mapping[str, Counter[Hashable]]
PITCH, ONSET = "JSD(P), pitches", "JSD(O), onsets in the bar"
NAMES = (PITCH, ONSET, "degrees of the key", "lengths", "intervals under the player", "notes that begin together")


def histograms(trial: Trial, notes: Sequence[Note]) -> Histograms:
    """Counts of the judged notes by each of NAMES."""
    steps = bar_steps(trial)
    band = judged(trial, pitched(notes))
    together = Counter(sixteenth(note.beat) for note in band)
    under = [(player.pitch - note.pitch) % 12 for note in band for player in at(trial.player, note.beat)]
    rows: tuple[Sequence[Hashable], ...] = (
        [note.pitch for note in band],
        [(steps, sixteenth(note.beat) % steps) for note in band],
        [(note.pitch - trial.tonic) % 12 for note in band],
        [sixteenth(note.duration) for note in band],
        under,
        list(together.values()),
    )
    return {name: Counter(row) for name, row in zip(NAMES, rows, strict=True)}


def distance(name: str, ours: Sequence[Histograms], theirs: Sequence[Histograms]) -> float:
    """Jensen-Shannon divergence in bits of one histogram, summed over the trials."""
    return divergence(_sum(ours, name), _sum(theirs, name))


def _sum(found: Sequence[Histograms], name: str) -> Counter[Hashable]:
    total: Counter[Hashable] = Counter()
    for each in found:
        total.update(each[name])
    return total
