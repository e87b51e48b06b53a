"""What was found: every row's figures over a set of trials, and whether the band listens."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from bridge.music.note import Note
from export.evaluate.accompany.bootstrap import Estimate, mean, pooled
from export.evaluate.accompany.distance import NAMES, Histograms, distance, histograms
from export.evaluate.accompany.measures import LESS, MEASURES, Measure
from export.evaluate.accompany.stage import Played
from export.evaluate.accompany.trial import Trial

HUMAN, PACK, CHARTED, SWAPPED = "human", "pack", "pack, told the chords", "pack, other tune"
VAMP, MARKOV = "vamp", "Markov-2"
ROWS = (HUMAN, PACK, CHARTED, SWAPPED, VAMP, MARKOV)
NO_GAP = 0.02
"""A gap between people and vamp below which nothing can be said of who listens."""
SHIPS = 0.5
"""Share of the gap that a band which listens loses at least when it hears another tune."""

Answers = Mapping[str, Sequence[Played | None]]
"""Row -> what was played to each trial."""
Figures = dict[str, dict[str, Estimate | None]]
"""Measure -> row -> estimate."""
Values = dict[str, dict[str, list[float | None]]]
"""Measure -> row -> value of each trial."""


class Loss(msgspec.Struct, frozen=True):
    """Of one measure: people's lead over the vamp, what the pack loses by hearing another tune, and the share."""

    gap: float
    lost: float

    @property
    def share(self) -> float | None:
        """Loss as a share of the gap; None where there is none to speak of."""
        return self.lost / self.gap if self.gap >= NO_GAP else None


def values(trials: Sequence[Trial], answers: Answers, extra: Sequence[Measure] = ()) -> Values:
    """Every measure of every answer."""
    return {
        measure.name: {
            row: [_value(measure, trial, played) for trial, played in zip(trials, found, strict=True)]
            for row, found in answers.items()
        }
        for measure in (*MEASURES, *extra)
    }


def figures(found: Values) -> Figures:
    """Means over the trials."""
    return {name: {row: mean(each) for row, each in rows.items()} for name, rows in found.items()}


def distance_table(trials: Sequence[Trial], answers: Answers) -> Figures:
    """Divergences from the written parts, over the trials that have one; people's own row is left out."""
    inside = [index for index, trial in enumerate(trials) if trial.human]
    theirs = [histograms(trials[index], trials[index].human) for index in inside]
    table: Figures = {name: {} for name in NAMES}
    for row, found in answers.items():
        if row == HUMAN:
            continue
        played = [found[index] for index in inside]
        ours = [histograms(trials[i], p.notes if p else ()) for i, p in zip(inside, played, strict=True)]
        for name in NAMES:
            table[name][row] = pooled(len(inside), _drawn(name, ours, theirs))
    return table


def _drawn(name: str, ours: Sequence[Histograms], theirs: Sequence[Histograms]) -> Callable[[Sequence[int]], float]:
    """The distance over the trials of some indices."""
    return lambda drawn: distance(name, [ours[n] for n in drawn], [theirs[n] for n in drawn])


def losses(found: Values) -> dict[str, Loss]:
    """What each listening measure loses when the band hears another tune, on the trials that have all rows."""
    table: dict[str, Loss] = {}
    for measure in (measure for measure in MEASURES if measure.listens):
        rows = found[measure.name]
        if not {HUMAN, PACK, SWAPPED, VAMP} <= rows.keys():
            continue
        whole = [
            four for four in zip(rows[HUMAN], rows[PACK], rows[SWAPPED], rows[VAMP], strict=True) if None not in four
        ]
        if not whole:
            continue
        human, pack, swapped, vamp = (
            sum(v for v in column if v is not None) / len(whole) for column in zip(*whole, strict=True)
        )
        sign = -1 if measure.better == LESS else 1
        table[measure.name] = Loss(sign * (human - vamp), sign * (pack - swapped))
    return table


def listens(found: Mapping[str, Loss]) -> float | None:
    """Mean share of the gap that is lost, over the measures that have one; None where none has.

    No measure counts more than all of its gap, either way: a narrow gap would outweigh all others.
    """
    shares = [min(max(loss.share, -1.0), 1.0) for loss in found.values() if loss.share is not None]
    return sum(shares) / len(shares) if shares else None


def _value(measure: Measure, trial: Trial, played: Played | None) -> float | None:
    return None if played is None else measure.compute(trial, _clean(played.notes))


def _clean(notes: Sequence[Note]) -> Sequence[Note]:
    return [note for note in notes if note.duration > 0]
