"""The trial's table: what each way of choosing came to, with bootstrap intervals over the simulated players."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.catalogue import find
from bridge.taste.describing import DESCRIBER, open_describer
from bridge.taste.simulate.pool import open_family, places, pool
from bridge.taste.simulate.trial import FIRST, OFFERED, RIVALS, SPOKEN, Outcome, trial

Floats = NDArray[np.float64]

PACK = "lstm-melody"
DRAWS = 2000
"""Bootstrap samples of the players."""
LOW, HIGH = 2.5, 97.5
"""Percentiles of an interval."""


class Size(msgspec.Struct, frozen=True):
    """How large a trial is."""

    phrases: int
    others: tuple[int, ...]
    players: int
    opinions: tuple[int, ...]


FULL = Size(600, (8, 40), 100, (10, 20, 40, 80))
QUICK = Size(160, (12,), 12, (10, 40))


def report(seed: int, size: Size) -> str:
    """The table, as Markdown. Raises PackError where the melody pack, or the one that describes, is missing."""
    made = pool(size.phrases, seed, open_family(find(PACK)))
    where = places(made, open_describer(find(DESCRIBER)))
    lines = [
        f"{size.players} simulated players, {len(made)} phrases "
        f"({sum(each.style == 'pack' for each in made)} by {PACK}, the rest by rule), seed {seed}. "
        f"Hit rate@{FIRST}: a liked phrase among {RIVALS} that are not. Accepted: the first of {OFFERED} is liked. "
        f"Each of the other players has given {SPOKEN} opinions. Intervals: 95 %, bootstrap over players.",
        "",
        f"| other players | opinions | way | hit rate@{FIRST} | accepted | accepted, above popularity |",
        "|---|---|---|---|---|---|",
    ]
    more = [
        "",
        f"What {where.shape[1]} latents of {DESCRIBER} add: content less features, player by player.",
        "",
        f"| other players | opinions | hit rate@{FIRST} | accepted |",
        "|---|---|---|---|",
    ]
    for others in size.others:
        outcomes = trial(made, others, size.players, size.opinions, seed, where)
        for count in size.opinions:
            now = [each for each in outcomes if each.opinions == count]
            lines += _rows(now, seed)
            plain, mixed = (next(each for each in now if each.way == way) for way in ("features", "content"))
            more.append(_gain(plain, mixed, seed))
    return "\n".join([*lines, *more])


def _gain(before: Outcome, after: Outcome, seed: int) -> str:
    told = (_shown(interval(then - now, seed), "+.3f") for now, then in (
        (before.hits, after.hits), (before.accepted, after.accepted),
    ))  # fmt: skip
    return f"| {after.others} | {after.opinions} | {' | '.join(told)} |"


def interval(values: Floats, seed: int) -> tuple[float, float, float]:
    """Mean of values [U], and the ends of its bootstrap interval."""
    chance = np.random.default_rng([seed, len(values)])
    means = values[chance.integers(len(values), size=(DRAWS, len(values)))].mean(1)
    low, high = np.percentile(means, (LOW, HIGH))
    return float(values.mean()), float(low), float(high)


def _rows(outcomes: Sequence[Outcome], seed: int) -> list[str]:
    popular = next(each for each in outcomes if each.way == "popularity")
    return [
        f"| {each.others} | {each.opinions} | {each.way} | {_shown(interval(each.hits, seed))} "
        f"| {_shown(interval(each.accepted, seed))} "
        f"| {'' if each is popular else _shown(interval(each.accepted - popular.accepted, seed), '+.3f')} |"
        for each in outcomes
    ]


def _shown(values: tuple[float, float, float], form: str = ".3f") -> str:
    mean, low, high = (format(value, form) for value in values)
    return f"{mean} ({low} to {high})"
