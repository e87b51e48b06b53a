"""Ideas: what the music-theory VAE makes of a phrase, by factor, and what can be done with it.

Every function gives a new idea; noise comes from a generator that is passed in, so the same seed gives the same idea.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.theory_key import MOST_STEPS, rotations
from bridge.engine.theory_layout import BARS, DEGREES, HALVES, SLOTS, STEPS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

ATTRIBUTES = ("height", "leaps", "activity", "syncopation", "comping", "colour", "spread")
"""What the designated dimensions stand for; see `export.theory.attributes`."""
FACTOR_OF = ("pitch", "pitch", "rhythm", "rhythm", "rhythm", "harmony", "harmony")
LATENTS = ("degree", "pitch", "pattern", "rhythm", "chord", "harmony", "structure", "marks")
CATEGORIES = ("degree", "pattern", "chord")
OF_FACTOR = {
    "pitch": ("degree", "pitch"),
    "rhythm": ("pattern", "rhythm"),
    "harmony": ("chord", "harmony"),
    "structure": ("structure",),
}
"""Factor -> the latents that say it, beside its designated dimensions."""
SEMITONES_A_STEP = 12 / 7
UNHEARD = {"pitch": 0.7, "rhythm": 0.7, "harmony": 0.7, "structure": 1.0}
"""Deviations with which an idea is drawn out of nothing; a little narrower than the priors, for sureness."""
_ROTATIONS = rotations()


class Idea(NamedTuple):
    """A phrase by factor. Categories are probabilities, mostly all or nothing."""

    degree: Floats
    """[32, 12] a degree for every eighth."""
    pitch: Floats
    """[4, P]"""
    pattern: Floats
    """[4, 3, K] an entry of the dictionary of rhythms, by bar and voice."""
    rhythm: Floats
    """[4, R]"""
    chord: Floats
    """[8, 85] a chord for every half bar."""
    harmony: Floats
    """[4, H]"""
    structure: Floats
    """[S] which bar repeats which; the first says how much."""
    marks: Floats
    """[7] designated dimensions, in deviations of music: ATTRIBUTES."""


class Belief(NamedTuple):
    """What was heard of a phrase: the mean of each latent, and the deviation of those that are no categories."""

    mean: Idea
    deviation: Mapping[str, Floats]


class Prior(NamedTuple):
    """What is usual: log-odds of what follows what, and of the degree that a chord calls for."""

    next_pattern: Floats
    """[3, K + 1, K], the last row for what begins."""
    next_chord: Floats
    """[86, 85]"""
    next_degree: Floats
    """[13, 12]"""
    degree_of: Floats
    """[85, 12]"""
    degree_at: Floats
    """[8, 12]"""
    degree_in: Floats
    """[3, 12]"""


def middle(belief: Belief) -> Idea:
    """The likeliest idea."""
    mean = belief.mean
    return mean._replace(**{name: _hot(getattr(mean, name)) for name in CATEGORIES})


def moved(idea: Idea, moves: Sequence[float], unit: float, bounds: tuple[Floats, Floats]) -> Idea:
    """The idea with its designated dimensions moved by `moves` [7], kept within `bounds`.

    `unit` is how many semitones a deviation of height is. A line that moves up moves by steps of the scale, its degrees
    too.
    """
    change = np.array(moves, np.float32)
    steps = int(np.clip(round(float(change[0]) * unit / SEMITONES_A_STEP), -MOST_STEPS, MOST_STEPS))
    change[0] = steps * SEMITONES_A_STEP / unit
    low, high = bounds
    within = np.clip(idea.marks + change, np.minimum(low, idea.marks), np.maximum(high, idea.marks))
    return idea._replace(degree=idea.degree @ _ROTATIONS[steps + MOST_STEPS], marks=within.astype(np.float32))


def repeated(idea: Idea, amount: float, fresh: Idea) -> Idea:
    """The idea with its bars more alike, or below 0 less: then bars after the first come partly from a `fresh` idea."""
    structure = idea.structure.copy()
    structure[0] += amount
    found = idea._replace(structure=structure)
    share = np.float32(min(max(-amount / 2, 0.0), 1.0))
    if share == 0:
        return found
    order = _stagger(BARS * SLOTS) < share
    order[:SLOTS] = False
    later = np.arange(BARS) > 0
    swap = later & (share > 0.5)
    return found._replace(
        degree=np.where(order[:, None], fresh.degree, idea.degree),
        pattern=np.where(swap[:, None, None], fresh.pattern, idea.pattern),
        pitch=_towards(idea.pitch, fresh.pitch, later[:, None] * share),
        rhythm=_towards(idea.rhythm, fresh.rhythm, later[:, None] * share),
        harmony=_towards(idea.harmony, fresh.harmony, later[:, None] * share),
    )


def between(first: Idea, second: Idea, blend: float) -> Idea:
    """From one idea (0) to another (1): numbers go straight, categories change over one by one."""
    share = np.float32(min(max(blend, 0.0), 1.0))
    found = {name: _towards(getattr(first, name), getattr(second, name), share) for name in LATENTS}
    for name in CATEGORIES:
        a, b = getattr(first, name), getattr(second, name)
        over = _stagger(int(np.prod(a.shape[:-1]))).reshape(a.shape[:-1]) < share
        found[name] = np.where(over[..., None], b, a)
    return Idea(**found)


def changed_over(blend: float) -> NDArray[np.bool_]:
    """[64] the places where a blend of two phrases is rather the second."""
    return np.repeat(_stagger(BARS * SLOTS) < blend, STEPS // (BARS * SLOTS))


def merged(own: Idea, theirs: Idea, keep: Collection[str]) -> Idea:
    """An idea with some factors from another."""
    names = [name for factor in keep for name in OF_FACTOR.get(factor, ())]
    mine = np.array([factor in keep for factor in FACTOR_OF])
    marks = np.where(mine, theirs.marks, own.marks)
    return own._replace(marks=marks, **{name: getattr(theirs, name) for name in names})


def nearby(belief: Belief, prior: Prior, change: float, mode: int, chance: np.random.Generator) -> Idea:
    """An idea near what was heard: 0 the same, 1 as far as the posterior and what is usual go."""
    mean = belief.mean
    free = {
        name: (getattr(mean, name) + chance.standard_normal(getattr(mean, name).shape) * spread * change).astype(
            np.float32
        )
        for name, spread in belief.deviation.items()
    }
    pattern = np.zeros_like(mean.pattern)
    chord = np.zeros_like(mean.chord)
    for voice in range(pattern.shape[1]):
        before = pattern.shape[-1]
        for bar in range(BARS):
            usual = prior.next_pattern[voice, before]
            before = _pick(_mix(mean.pattern[bar, voice], usual, 0.5 * change), change, chance)
            pattern[bar, voice, before] = 1.0
    before = chord.shape[-1]
    for half in range(HALVES):
        before = _pick(_mix(mean.chord[half], prior.next_chord[before], 0.5 * change), change, chance)
        chord[half, before] = 1.0
    found = mean._replace(pattern=pattern, chord=chord, **free)
    return sung(found, prior, change, mode, chance)


def sung(idea: Idea, prior: Prior, change: float, mode: int, chance: np.random.Generator) -> Idea:
    """The idea with degrees drawn anew: the more `change`, the more by what its chords call for."""
    degree = np.zeros_like(idea.degree)
    before = DEGREES
    for slot in range(BARS * SLOTS):
        calls = idea.chord[slot // (SLOTS // 2)] @ prior.degree_of
        usual = calls + prior.next_degree[before] + prior.degree_at[slot % SLOTS] + prior.degree_in[mode]
        before = _pick(_mix(idea.degree[slot], usual, 0.6 * change), change, chance)
        degree[slot, before] = 1.0
    return idea._replace(degree=degree)


def told(idea: Idea, symbols: Ints) -> tuple[Idea, Floats]:
    """The idea with the chords that are told (0: not), and [8] which are."""
    fixed = (symbols > 0).astype(np.float32)
    chord = idea.chord.copy()
    for half in np.flatnonzero(symbols):
        chord[half] = 0.0
        chord[half, symbols[half]] = 1.0
    return idea._replace(chord=chord), fixed


def unheard(prior: Prior, sizes: Mapping[str, int], mode: int, chance: np.random.Generator) -> Idea:
    """An idea out of nothing but what is usual."""
    patterns = prior.next_pattern.shape[-1]
    flat = Belief(
        Idea(
            degree=np.full((BARS * SLOTS, DEGREES), 1 / DEGREES, np.float32),
            pitch=np.zeros((BARS, sizes["pitch"]), np.float32),
            pattern=np.full((BARS, 3, patterns), 1 / patterns, np.float32),
            rhythm=np.zeros((BARS, sizes["rhythm"]), np.float32),
            chord=np.full((HALVES, prior.next_chord.shape[-1]), 1 / prior.next_chord.shape[-1], np.float32),
            harmony=np.zeros((BARS, sizes["harmony"]), np.float32),
            structure=np.zeros(sizes["structure"], np.float32),
            marks=np.zeros(len(ATTRIBUTES), np.float32),
        ),
        {name: np.full(1, spread, np.float32) for name, spread in UNHEARD.items()},
    )
    return nearby(flat, prior, 1.0, mode, chance)


def _mix(heard: Floats, usual: Floats, share: float) -> Floats:
    """Log-odds between what was heard, as probabilities, and what is usual."""
    odds = usual - usual.max()
    odds = odds - np.log(np.exp(odds).sum())
    found: Floats = (1 - share) * np.log(np.maximum(heard, 1e-6)) + share * odds
    return found


def _pick(odds: Floats, heat: float, chance: np.random.Generator) -> int:
    """A draw by log-odds; the likeliest at heat 0."""
    return int((odds + heat * chance.gumbel(size=odds.shape)).argmax())


def _hot(probabilities: Floats) -> Floats:
    found: Floats = np.eye(probabilities.shape[-1], dtype=np.float32)[probabilities.argmax(-1)]
    return found


def _towards(first: Floats, second: Floats, share: Floats | np.float32) -> Floats:
    return (first + (second - first) * share).astype(np.float32)


def _stagger(count: int) -> Floats:
    """Thresholds between 0 and 1, every one another, neighbours far apart."""
    return ((np.arange(count) * 0.6180339887498949 + 0.5) % 1.0).astype(np.float32)
