"""What the music-theory VAE is judged by: what it gives back, what its factors and knobs do, what has collapsed."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.theory_idea import Idea, anew, middle
from bridge.engine.theory_layout import BAR, CHORDS, CHORDS_LOW, ONSET, VOICES, Page, tones
from bridge.engine.theory_likeness import formed
from bridge.engine.theory_model import Model
from bridge.engine.theory_vae import TheoryVae
from export.evaluate.rank import spearman
from export.families.theory_vae import FACTORS
from export.families.theory_vae import TheoryVae as Net
from export.theory.examples import (
    FIGURES,
    MEASURES,
    Example,
    figured,
    measured,
    overlap,
    page,
    played,
)
from export.theory.losses import divergence, drawn
from export.theory.phrases import Batch

OWN = {
    "pitch": ("height", "range"),
    "rhythm": ("activity", "syncopation", "comping"),
    "harmony": ("colour", "spread"),
    "structure": ("repetition",),
}
"""Factor -> the attributes that are its own."""
POSITIONS = 9
ACTIVE = 0.01
"""Variance of a dimension's mean over phrases above which it counts as active."""

Grid = NDArray[np.float64]


class Sweep(msgspec.Struct, frozen=True):
    """A knob at several positions, over examples: what was measured and what the lead's figures are."""

    knob: str
    positions: tuple[float, ...]
    measures: Grid
    """[positions, examples, 8]"""
    figures: Grid
    """[positions, examples, FIGURES]"""


def given_back(model: Model, examples: Sequence[Example]) -> dict[str, tuple[float, float]]:
    """Voice -> F1 of notes (onset and pitch), and of onsets alone, after encoding and decoding."""
    notes = np.zeros((len(VOICES), 3))
    onsets = np.zeros((len(VOICES), 3))
    for example in examples:
        was = page(example.notes, example)
        now = model.decode(middle(model.encode(was)), was.bar)
        for voice in range(len(VOICES)):
            notes[voice] += overlap(was, now, voice)
            a, b = (set(np.flatnonzero(each.states[voice] == 2).tolist()) for each in (was, now))
            onsets[voice] += len(a & b), len(a), len(b)
    f1 = [[float(2 * both / max(a + b, 1)) for both, a, b in table] for table in (notes, onsets)]
    return {str(voice): (f1[0][n], f1[1][n]) for n, voice in enumerate(VOICES)}


def swapped(model: Model, examples: Sequence[Example], seed: int = 3) -> dict[str, dict[str, tuple[float, float]]]:
    """Factor -> attribute -> rank correlation with the phrase that the factor was taken from, and with the one that
    all else was taken from, over pairs of phrases with bars of one length."""
    random = np.random.default_rng(seed)
    pages = [page(example.notes, example) for example in examples]
    ideas = [middle(model.encode(each)) for each in pages]
    measures = measured(pages)
    partner = np.arange(len(pages))
    for bar in {each.bar for each in pages}:
        inside = np.array([n for n, each in enumerate(pages) if each.bar == bar])
        partner[random.permutation(inside)] = random.permutation(inside)
    pairs = [n for n in range(len(pages)) if partner[n] != n]
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for factor in FACTORS:
        chance = np.random.default_rng(seed)
        taken = [
            formed(
                ideas[n], ideas[partner[n]], (factor,), model.prior, _fresh(model, pages[n].mode, chance),
                partial(model.decode, bar=pages[n].bar),
            )
            for n in pairs
        ]  # fmt: skip
        made = measured([model.decode(idea, pages[n].bar) for idea, n in zip(taken, pairs, strict=True)])
        theirs, own = measures[partner[pairs]], measures[pairs]
        found[factor] = {
            name: (spearman(made[:, column], theirs[:, column]), spearman(made[:, column], own[:, column]))
            for column, name in enumerate(MEASURES)
        }
    return found


def on_tones(model: Model, examples: Sequence[Example]) -> tuple[float, float]:
    """Share of the chords' notes that are tones of the chord that is thought under them, as they were played; and of
    the chord that is told in its place, that of the next phrase, as the model then writes them."""
    pages = [page(example.notes, example) for example in examples]
    ideas = [middle(model.encode(each)) for each in pages]
    found = np.zeros((2, 2))
    for n, (was, idea) in enumerate(zip(pages, ideas, strict=True)):
        told = idea._replace(chord=ideas[n - 1].chord)
        for row, (each, chord) in enumerate(((was, idea.chord), (model.decode(told, was.bar), told.chord))):
            places = np.flatnonzero(each.states[CHORDS] == ONSET)
            halves = 2 * (places // BAR) + (2 * (places % BAR) >= was.bar)
            for place, symbol in zip(places, chord.argmax(-1)[halves], strict=True):
                if symbol > 0:
                    classes = (np.flatnonzero(each.chords[place]) + CHORDS_LOW) % 12
                    found[row] += tones(int(symbol))[classes].sum(), len(classes)
    share = found[:, 0] / np.maximum(found[:, 1], 1)
    return float(share[0]), float(share[1])


def _fresh(model: Model, mode: int, chance: np.random.Generator) -> Idea:
    return anew(model.prior, model.sizes, mode, chance)


def sweep(family: TheoryVae, examples: Sequence[Example], knob: str, positions: Sequence[float]) -> Sweep:
    """A knob turned through positions while every example is varied."""
    measures, figures = [], []
    for example in examples:  # in this order what is made of a phrase need not be made again
        notes = [played(family, example, example.material, {knob: position}) for position in positions]
        measures.append(measured([page(own, example) for own in notes]))
        figures.append([figured(own, example) for own in notes])
    turned = np.array(measures).swapaxes(0, 1), np.array(figures).swapaxes(0, 1)
    return Sweep(knob, tuple(positions), *turned)


def effects(found: Sweep) -> dict[str, float]:
    """Attribute -> rank correlation of the knob's position with what it changed, over all positions and examples."""
    centre = found.measures[int(np.abs(found.positions).argmin())]
    change = found.measures - centre
    at = np.repeat(np.array(found.positions)[:, None], change.shape[1], 1)
    return {name: spearman(at.ravel(), change[..., column].ravel()) for column, name in enumerate(MEASURES)}


def single(found: Sweep, name: str) -> float:
    """Mean over examples of the rank correlation of position and one attribute, each example by itself."""
    column = MEASURES.index(name)
    at = np.array(found.positions)
    return float(np.mean([spearman(at, found.measures[:, n, column]) for n in range(found.measures.shape[1])]))


def reach(found: Sweep, deviation: float) -> tuple[float, ...]:
    """How far each position moves the knob's own attribute from the centre, in deviations, the mean over examples."""
    column = MEASURES.index(found.knob)
    centre = found.measures[int(np.abs(found.positions).argmin())]
    return tuple(float(np.nanmean(each[:, column] - centre[:, column]) / deviation) for each in found.measures)


def spread(examples: Sequence[Example]) -> tuple[Grid, Grid]:
    """5th and 95th percentile of the lead's figures among the phrases as they were written."""
    found = np.array([figured(example.notes, example) for example in examples])
    low, high = np.nanpercentile(found, [5, 95], axis=0)
    return low, high


def outside(found: Sweep, low: Grid, high: Grid) -> list[tuple[float, str, float]]:
    """Positions at which the mean of a figure leaves the human spread: position, figure, value."""
    means = np.nanmean(found.figures, 1)
    return [
        (position, name, float(means[row, column]))
        for row, position in enumerate(found.positions)
        for column, name in enumerate(FIGURES)
        if not low[column] - 1e-9 <= means[row, column] <= high[column] + 1e-9
    ]


def collapse(net: Net, batch: Batch) -> dict[str, dict[str, float]]:
    """Factor -> nats by which its posterior differs from its prior, the mean over phrases, and its active units."""
    torch.manual_seed(5)
    with torch.no_grad():
        posterior = net.encode(batch)
        away = divergence(net, posterior, drawn(posterior), batch)
    parts = {"pitch": ("pitch", "degree"), "rhythm": ("rhythm", "pattern"), "harmony": ("harmony", "chord", "ground")}
    found: dict[str, dict[str, float]] = {}
    for factor in FACTORS:
        names = parts.get(factor, (factor,))
        means = posterior.mean[factor].flatten(1)
        found[factor] = {
            "nats": float(sum(away[name].sum(-1).mean() for name in names)),
            "Gaussian nats": float(away[factor].sum(-1).mean()),
            "active": float((means.var(0) > ACTIVE).sum()),
            "units": float(means.shape[1]),
        }
    for name, logits in (("pitch", posterior.degree), ("rhythm", posterior.pattern), ("harmony", posterior.chord)):
        shares = torch.bincount(logits.argmax(-1).flatten(), minlength=logits.shape[-1]).double()
        shares = shares[shares > 0] / shares.sum()
        found[name]["categories in use"] = float((-(shares * shares.log()).sum()).exp())
        found[name]["categories"] = float(logits.shape[-1])
    return found


def steps_between(
    family: TheoryVae, first: Sequence[Example], second: Sequence[Example], steps: int = 16
) -> tuple[float, float, float]:
    """Going from one phrase to another in so many steps: how much of the notes changes from end to end, at most and on
    average from step to step (1 - F1 over all voices, the mean over pairs)."""
    whole, most, mean = [], [], []
    for a, b in zip(first, second, strict=True):
        pages = []
        for n in range(steps + 1):
            material = msgspec.structs.replace(a.material, other=b.notes, blend=n / steps)
            pages.append(page(played(family, a, material, {}), a))
        gaps = [_differs(x, y) for x, y in pairwise(pages)]
        whole.append(_differs(pages[0], pages[-1]))
        most.append(max(gaps))
        mean.append(sum(gaps) / len(gaps))
    return float(np.mean(whole)), float(np.mean(most)), float(np.mean(mean))


def _differs(first: Page, second: Page) -> float:
    found = [overlap(first, second, voice) for voice in range(len(VOICES))]
    both, a, b = (sum(column) for column in zip(*found, strict=True))
    return float(1 - 2 * both / max(a + b, 1))


def own_attribute(knob: str) -> str:
    """The factor that a knob belongs to."""
    return next(factor for factor, names in OWN.items() if knob in names)


def matrix(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Correlations as a Markdown table."""
    lines = [f"| | {' | '.join(MEASURES)} |", f"|---|{'---:|' * len(MEASURES)}"]
    lines += [f"| {name} | {' | '.join(f'{row[each]:+.2f}' for each in MEASURES)} |" for name, row in rows.items()]
    return "\n".join(lines)
