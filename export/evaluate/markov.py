"""The baselines: uniform, unigram, and a key-normalised second-order Markov model with smoothed back-off."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import log

from bridge.engine.codec import DURATIONS, PITCHES, SHIFTS, Part
from bridge.engine.grid import TICKS
from export.data.layout import Rows
from export.data.melody import Melody

FIELDS = ("shift", "pitch", "duration")
FIRST = 500
"""Stands for the interval that led to the first or second note, where there is none."""
CLASSES = {"shift": SHIFTS, "pitch": PITCHES, "duration": len(DURATIONS) - 1}
Contexts = Sequence[Hashable]
"""From the empty context to the longest."""


class BackOff:
    """Witten-Bell interpolation along a chain of contexts, down to uniform (Witten and Bell, 1991).

    `trust` divides the weight of the shorter contexts; it is chosen on training data left out of the counts.
    """

    def __init__(self, classes: int, trust: float = 1.0) -> None:
        self.classes = classes
        self.trust = trust
        self._counts: dict[Hashable, Counter[int]] = defaultdict(Counter)
        self._totals: Counter[Hashable] = Counter()

    def learn(self, contexts: Contexts, value: int) -> None:
        """Count a value under each of its contexts."""
        for key in enumerate(contexts):
            self._counts[key][value] += 1
            self._totals[key] += 1

    def probability(self, contexts: Contexts, value: int) -> float:
        """Probability of a value under the longest context, never 0."""
        found = 1.0 / self.classes
        for key in enumerate(contexts):
            total = self._totals.get(key, 0)
            if total:
                counts = self._counts[key]
                rest = len(counts) / self.trust
                found = (counts.get(value, 0) + rest * found) / (total + rest)
        return found


def notes(melody: Melody, rows: Rows) -> Iterator[dict[str, tuple[list[Hashable], int]]]:
    """For each LEAD event of a laid-out melody: field -> (contexts from short to long, value).

    Pitch is an interval from the note before, in the context of that note's degree of the scale and the interval
    that led to it, so all keys and octaves share their counts. Time is in the context of the last two notes' rhythm
    and of the place in the bar.
    """
    pitches: list[int] = []
    rhythm: list[int] = [0, 0]
    since = 0
    for (event, place), (following, landing) in pairwise(zip(rows.events.tolist(), rows.places.tolist(), strict=True)):
        if event[0] in (Part.HELD, Part.LEAD):
            pitches.append(event[2])
            rhythm = [event[3] if event[0] == Part.LEAD else -since - event[1], rhythm[0]]
            since = 0
        else:
            since += event[1]
        if following[0] != Part.LEAD:
            continue
        one = pitches[-1] if pitches else 60 + (melody.tonic + 6) % 12
        led = one - pitches[-2] if len(pitches) > 1 else len(pitches) + FIRST
        degree = (melody.mode, (one - melody.tonic) % 12)
        who, beat, bar = event[0], place[0] % TICKS, tuple(place)
        then = tuple(landing)
        last, before = rhythm
        gap = following[1]
        yield {
            "shift": (
                [(), who, (who, last), (who, last, beat), (who, last, beat, before), (who, last, bar, before)],
                gap,
            ),
            "pitch": (
                [(), led, (*degree, _size(led)), (*degree, led), (*degree, led, then[0] % TICKS)],
                following[2] - one,
            ),
            "duration": (
                [(), then[0] % TICKS, (then[0] % TICKS, last), (then[0] % TICKS, last, before), (then, last, before)],
                following[3],
            ),
        }


def _size(interval: int) -> int:
    """Direction and whether it is a repeat, a step or a leap."""
    return (interval > 0) - (interval < 0) + 3 * (abs(interval) > 2)


def fit(pieces: Iterable[tuple[Melody, Rows]]) -> dict[str, BackOff]:
    """The Markov-2 model of every field; a tenth of the pieces chooses how far to trust long contexts."""
    lines = [list(notes(melody, rows)) for melody, rows in pieces]
    kept, tried = [n for k, n in enumerate(lines) if k % 10], [n for k, n in enumerate(lines) if not k % 10]
    models = {}
    for field in FIELDS:
        model = BackOff(CLASSES[field])
        _count(model, field, kept)
        scores = {trust: _nll(model, field, tried, trust) for trust in (0.02, 0.04, 0.08, 0.15, 0.3, 1.0)}
        model.trust = min(scores, key=lambda trust: scores[trust])
        _count(model, field, tried)
        models[field] = model
    return models


def score(models: dict[str, BackOff], pieces: Iterable[tuple[Melody, Rows]], order: int | None) -> dict[str, float]:
    """NLL in nats a LEAD note, by field; `order` 0 cuts the contexts to the empty one (unigram), None keeps all."""
    sums, count = dict.fromkeys(FIELDS, 0.0), 0
    for melody, rows in pieces:
        for note in notes(melody, rows):
            count += 1
            for field in FIELDS:
                contexts, value = note[field]
                sums[field] -= log(models[field].probability(contexts if order is None else contexts[:1], value))
    return {field: total / max(count, 1) for field, total in sums.items()}


def _count(model: BackOff, field: str, lines: list[list[dict[str, tuple[list[Hashable], int]]]]) -> None:
    for line in lines:
        for note in line:
            model.learn(*note[field])


def _nll(model: BackOff, field: str, lines: list[list[dict[str, tuple[list[Hashable], int]]]], trust: float) -> float:
    before, model.trust = model.trust, trust
    total = -sum(log(model.probability(*note[field])) for line in lines for note in line)
    model.trust = before
    return total
