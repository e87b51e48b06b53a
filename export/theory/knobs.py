"""The knobs of a pack, found by turning them: how far each may go, and what it does, measured on held-out phrases."""

from collections.abc import Sequence

import msgspec
import numpy as np

from bridge.engine.pack import Knob
from bridge.engine.theory_vae import TheoryVae
from export.theory.examples import MEASURES, Example, measured, page
from export.theory.judging import Grid, Sweep, outside, reach, sweep

TRIED = tuple(n / 2 for n in range(-7, 8))
"""Positions that are tried, in deviations of music."""
FINER = 0.25
"""How far beyond the last of them that will do one more is tried."""
LEAST = 0.05
"""Deviations that the last step of a knob must move its attribute by."""
BACKWARDS = -0.02
"""And how far it may go back on the way there."""
DOES = {
    "height": "where the melody lies: mean pitch of the lead",
    "range": "how widely the melody swings round its middle: deviation of its pitches",
    "activity": "how many notes the melody has",
    "syncopation": "how much of the melody hangs over the beat",
    "comping": "how often the chords are struck",
    "colour": "how tense the chords are: seconds and tritones in them",
    "spread": "how widely the chords are voiced",
    "repetition": "how much later bars repeat earlier ones; below 0 they contrast",
}
"""Knob -> what a musician hears."""
UNITS = {
    "height": "semitones", "range": "semitones", "activity": "onsets a beat", "syncopation": "of its onsets",
    "comping": "onsets a beat", "colour": "of its pairs", "spread": "semitones", "repetition": "of the bars",
}  # fmt: skip
"""What an attribute is counted in."""


class Fit(msgspec.Struct, frozen=True):
    """A knob's range, and how far it moves its attribute from end to end: in deviations, and as it is counted."""

    knob: str
    low: float
    high: float
    travel: float
    natural: float


def deviations(examples: Sequence[Example]) -> Grid:
    """[8] standard deviation of every attribute among the examples as they were written."""
    found: Grid = np.nanstd(measured([page(example.notes, example) for example in examples]), axis=0)
    return found


def fit(family: TheoryVae, examples: Sequence[Example], human: tuple[Grid, Grid]) -> dict[str, Fit]:
    """Every knob's range: as far from the middle as its attribute still moves and no figure leaves the human spread."""
    units = deviations(examples)
    found = {}
    for name in DOES:
        unit = float(units[MEASURES.index(name)])
        coarse = sweep(family, examples, name, TRIED)
        beyond = ends(fitted(coarse, unit, human))
        found[name] = fitted(joined(coarse, sweep(family, examples, name, beyond)) if beyond else coarse, unit, human)
    return found


def ends(found: Fit) -> tuple[float, ...]:
    """What is tried beyond the ends of a range, within all that is tried."""
    beyond = found.low - FINER, found.high + FINER
    return tuple(position for position in beyond if TRIED[0] < position < TRIED[-1])


def joined(first: Sweep, second: Sweep) -> Sweep:
    """Two sweeps of one knob over the same examples as one."""
    positions = first.positions + second.positions
    order = np.argsort(positions)
    measures, figures = (
        np.concatenate(pair)[order] for pair in ((first.measures, second.measures), (first.figures, second.figures))
    )
    return Sweep(first.knob, tuple(positions[at] for at in order), measures, figures)


def fitted(found: Sweep, unit: float, human: tuple[Grid, Grid]) -> Fit:
    """The range that a sweep speaks for."""
    moves = reach(found, unit)
    bad = {position for position, _, _ in outside(found, *human)}
    centre = int(np.abs(found.positions).argmin())
    ends = []
    for direction in (-1, 1):
        gains = {
            at: (moves[at] - moves[at - direction]) * direction
            for at in range(centre + direction, len(moves) if direction > 0 else -1, direction)
        }
        at = centre
        while gains.get(at + direction, -1.0) >= BACKWARDS and found.positions[at + direction] not in bad:
            at += direction
        while at != centre and gains[at] < LEAST:
            at -= direction
        ends.append(at)
    low, high = ends
    travel = moves[high] - moves[low]
    return Fit(found.knob, found.positions[low], found.positions[high], travel, travel * unit)


def cards(fits: dict[str, Fit]) -> tuple[Knob, ...]:
    """The knobs as pack.toml has them."""
    found = [
        Knob(
            fit.knob,
            fit.low,
            fit.high,
            0.0,
            "deviations",
            f"{DOES[fit.knob]}; 0 is as the phrase has it, from end to end {fit.natural:.2g} {UNITS[fit.knob]} "
            f"({fit.travel:.1f} deviations of held-out music)",
        )
        for fit in fits.values()
    ]
    heat = Knob("temperature", 0.05, 1.6, 1.0, "", "how far answers go from what was heard; 1 is usual")
    return (*found, heat)
