"""Ideas: what the music-theory VAE makes of a phrase, by factor, and what can be done with it.

Every function gives a new idea; noise comes from a generator that is passed in, so the same seed gives the same idea.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.theory_form import FACTORS, OF_BARS, form_of, reshaped, shares, wanted
from bridge.engine.theory_key import MOST_STEPS, rotations
from bridge.engine.theory_layout import BAR, BARS, DEGREES, GROUNDS, HALVES, SLOTS, STEPS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

ATTRIBUTES = ("height", "range", "activity", "syncopation", "comping", "colour", "spread")
"""What the designated dimensions stand for; see `export.theory.attributes`."""
FACTOR_OF = ("pitch", "pitch", "rhythm", "rhythm", "rhythm", "harmony", "harmony")
LATENTS = ("degree", "pitch", "pattern", "rhythm", "chord", "ground", "harmony", "structure", "marks")
SOUNDING = tuple(name for name in LATENTS if name != "structure")
"""What notes are made of; structure works on the others."""
CATEGORIES = ("degree", "pattern", "chord", "ground")
OF_FACTOR = {
    "pitch": ("degree", "pitch"),
    "rhythm": ("pattern", "rhythm"),
    "harmony": ("chord", "ground", "harmony"),
    "structure": ("structure",),
}
"""Factor -> the latents that say it, beside its designated dimensions."""
SEMITONES_A_STEP = 12 / 7
LEAST_RANGE, MOST_WIDER = 0.75, 4.0
"""Semitones below which a line's range is not what it grows from, and how much wider it becomes at most."""
UNHEARD = {
    name: np.full(1, spread, np.float32)
    for name, spread in (("pitch", 0.7), ("rhythm", 0.7), ("harmony", 0.7), ("structure", 1.0))
}
"""Deviations with which an idea is drawn out of nothing; a little narrower than the priors, for sureness."""
SHARE, ANEW = 0.6, 0.85
"""How much what is usual counts beside what was heard, at full change, and under a chord that is new."""
ALIKE = 0.7
"""How much the voicing of bars that contrast correlates with that of the phrase, so that they are in its manner."""
OPENS = 4.0
"""How far structure's first number goes for a deviation of repetition: it says how much was repeated, and gates that
are to be sure must be pushed."""
_ROTATIONS = rotations()


class Idea(NamedTuple):
    """A phrase by factor. Categories are probabilities, mostly all or nothing."""

    degree: Floats
    """[64, 12] a degree for every step."""
    pitch: Floats
    """[4, P]"""
    pattern: Floats
    """[4, 3, K] an entry of the dictionary of rhythms, by bar and voice."""
    rhythm: Floats
    """[4, R]"""
    chord: Floats
    """[8, 85] a chord for every half bar."""
    ground: Floats
    """[32, 12] the bass's degree for every eighth."""
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
    next_ground: Floats
    """[13, 12] the same of the bass."""
    ground_of: Floats
    """[85, 12]"""
    degree_of: Floats
    """[85, 12]"""
    degree_at: Floats
    """[16, 12]"""
    degree_in: Floats
    """[3, 12]"""
    form: Floats
    """[S + 1, 14] what a structure says, the last row for what it says anyway; see `theory_form`."""
    exponents: Floats
    """[7] by which power of the share of notes that come again their latents do, in the order of OF_BARS."""


class Units(NamedTuple):
    """Semitones of a deviation of height, and of a deviation of range, and the range of usual music."""

    height: float
    range: float
    middle: float


def middle(belief: Belief) -> Idea:
    """The likeliest idea."""
    mean = belief.mean
    return mean._replace(**{name: _hot(getattr(mean, name)) for name in CATEGORIES})


def moved(
    idea: Idea, moves: Sequence[float], units: Units, bounds: tuple[Floats, Floats], line: Floats | None = None
) -> Idea:
    """The idea with its designated dimensions moved by `moves` [7], kept within `bounds`.

    A line that moves up moves by steps of the scale, its degrees too. For it to become wider or narrower, `line` [64]
    must say by how many semitones it is above its middle.
    """
    change = np.array(moves, np.float32)
    steps = int(np.clip(round(float(change[0]) * units.height / SEMITONES_A_STEP), -MOST_STEPS, MOST_STEPS))
    change[0] = steps * SEMITONES_A_STEP / units.height
    low, high = bounds
    marks = np.clip(idea.marks + change, np.minimum(low, idea.marks), np.maximum(high, idea.marks)).astype(np.float32)
    along = np.full(STEPS, steps)
    if line is not None:
        was, will = (max(units.middle + units.range * float(each[1]), 0.0) for each in (idea.marks, marks))
        wider = min(will / max(was, LEAST_RANGE), MOST_WIDER) - 1
        along = along + np.rint(wider * line / SEMITONES_A_STEP).astype(np.int64)
    turn = _ROTATIONS[np.clip(along, -MOST_STEPS, MOST_STEPS) + MOST_STEPS]
    return idea._replace(degree=np.einsum("sd,sde->se", idea.degree, turn), marks=marks)


def repeated(idea: Idea, amount: float, prior: Prior, fresh: Idea, fixed: Floats) -> Idea:
    """The idea with its bars more alike, or below 0 less: then what no longer comes again is from a `fresh` idea. The
    chords of the half bars that are `fixed` [8] stay, and the bass under them."""
    structure = idea.structure.copy()
    structure[0] += OPENS * amount
    before, after = (form_of(each, prior.form) for each in (idea.structure, structure))
    after = after._replace(looks=before.looks)
    latents = _of_bars(idea)
    aims = wanted(latents, dict.fromkeys(FACTORS, before), after, prior.exponents)
    found = idea._replace(structure=structure, **reshaped(latents, aims, after.looks, _of_bars(_voiced(fresh, idea))))
    stay = fixed[:, None] > 0
    under = np.repeat(stay, BARS * GROUNDS // HALVES, 0)
    return found._replace(
        chord=np.where(stay, idea.chord, found.chord), ground=np.where(under, idea.ground, found.ground)
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


def exchanged(own: Idea, theirs: Idea, keep: Collection[str], prior: Prior, fresh: Idea, more: float = 0.0) -> Idea:
    """An idea with some factors from another. Each later bar looks where the one says that structure is from, and has
    as much of what it sees as there; what is then no longer to come again is from a `fresh` idea. With `more`, from -1
    (none of it) over 0 to 1 (all of it), less or more comes again."""
    formed = theirs if "structure" in keep else own
    looks = form_of(formed.structure, prior.form).looks
    found = merged(own, theirs, keep)
    aims = {name: aim + more * (1 - aim if more > 0 else aim) for name, aim in shares(_of_bars(formed), looks).items()}
    return found._replace(**reshaped(_of_bars(found), aims, looks, _of_bars(fresh)))


def nearby(belief: Belief, prior: Prior, change: float, mode: int, chance: np.random.Generator, bar: int = BAR) -> Idea:
    """An idea near what was heard: 0 the same, 1 as far as the posterior and what is usual go.

    As much of its bars comes again as in what was heard, and as its structure asks for.
    """
    return _again(_varied(belief, prior, change, mode, chance, bar), belief.mean, prior)


def _varied(belief: Belief, prior: Prior, change: float, mode: int, chance: np.random.Generator, bar: int) -> Idea:
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
        for number in range(BARS):
            usual = prior.next_pattern[voice, before]
            before = _pick(_mix(mean.pattern[number, voice], usual, 0.5 * change), change, chance)
            pattern[number, voice, before] = 1.0
    before = chord.shape[-1]
    for half in range(HALVES):
        before = _pick(_mix(mean.chord[half], prior.next_chord[before], 0.5 * change), change, chance)
        chord[half, before] = 1.0
    return sung(mean._replace(pattern=pattern, chord=chord, **free), prior, change, mode, chance, bar)


def sung(
    idea: Idea,
    prior: Prior,
    change: float,
    mode: int,
    chance: np.random.Generator,
    bar: int = BAR,
    anew: Sequence[bool] = (False,) * HALVES,
) -> Idea:
    """The idea with the degrees of lead and bass drawn anew: the more `change`, the more by what its chords call for.

    In the half bars that are `anew` [8] the chords have most to say. `bar` is the steps of a bar.
    """
    places = np.arange(STEPS)
    half = 2 * (places // BAR) + (2 * (places % BAR) >= bar)
    share = np.where(np.array(anew)[half], ANEW, SHARE * change)[:, None]
    calls = (idea.chord @ prior.degree_of)[half] + prior.degree_at[places % BAR] + prior.degree_in[mode]
    degree = _drawn(idea.degree, share, calls, prior.next_degree, change, chance)
    every = places[:: BAR // GROUNDS]
    calls = (idea.chord @ prior.ground_of)[half[every]]
    ground = _drawn(idea.ground, share[every], calls, prior.next_ground, change, chance)
    return idea._replace(degree=degree, ground=ground)


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
    return _again(_varied(_nothing(prior, sizes), prior, 1.0, mode, chance, BAR), None, prior)


def anew(prior: Prior, sizes: Mapping[str, int], mode: int, chance: np.random.Generator) -> Idea:
    """The same, but for its form: no bar has to do with the one before it."""
    loose = prior._replace(
        next_pattern=np.broadcast_to(prior.next_pattern[:, -1:], prior.next_pattern.shape),
        next_chord=np.broadcast_to(prior.next_chord[-1:], prior.next_chord.shape),
    )
    return _varied(_nothing(prior, sizes), loose, 1.0, mode, chance, BAR)


def _nothing(prior: Prior, sizes: Mapping[str, int]) -> Belief:
    patterns = prior.next_pattern.shape[-1]
    return Belief(
        Idea(
            degree=np.full((BARS * SLOTS, DEGREES), 1 / DEGREES, np.float32),
            pitch=np.zeros((BARS, sizes["pitch"]), np.float32),
            pattern=np.full((BARS, 3, patterns), 1 / patterns, np.float32),
            rhythm=np.zeros((BARS, sizes["rhythm"]), np.float32),
            chord=np.full((HALVES, prior.next_chord.shape[-1]), 1 / prior.next_chord.shape[-1], np.float32),
            ground=np.full((BARS * GROUNDS, DEGREES), 1 / DEGREES, np.float32),
            harmony=np.zeros((BARS, sizes["harmony"]), np.float32),
            structure=np.zeros(sizes["structure"], np.float32),
            marks=np.zeros(len(ATTRIBUTES), np.float32),
        ),
        UNHEARD,
    )


def _again(idea: Idea, heard: Idea | None, prior: Prior) -> Idea:
    """An idea whose bars were drawn one by one, with as much of them coming again as structure says, beside what did
    in the idea that was `heard`."""
    after, latents = form_of(idea.structure, prior.form), _of_bars(idea)
    if heard is None:
        aims = wanted(latents, {}, after, prior.exponents)
    else:
        before = form_of(heard.structure, prior.form)
        aims = wanted(_of_bars(heard), dict.fromkeys(FACTORS, before), after, prior.exponents)
    have = shares(latents, after.looks)
    more = {name: np.maximum(aim, have[name]) for name, aim in aims.items()}
    return idea._replace(**reshaped(latents, more, after.looks, latents))


def _voiced(fresh: Idea, idea: Idea) -> Idea:
    """A fresh idea that is voiced much as another one is on the whole."""
    own = idea.harmony.mean(0)
    loud = np.linalg.norm(own) / max(float(np.linalg.norm(fresh.harmony, axis=-1).mean()), 1e-6)
    return fresh._replace(harmony=ALIKE * own + (1 - ALIKE**2) ** 0.5 * loud * fresh.harmony)


def _of_bars(idea: Idea) -> dict[str, Floats]:
    return {name: getattr(idea, name) for name in OF_BARS}


def _drawn(
    heard: Floats, share: Floats, calls: Floats, after: Floats, heat: float, chance: np.random.Generator
) -> Floats:
    """One category for each row [N, K], one after the other: `after` [K + 1, K] is what the last one leads to."""
    known = (1 - share) * np.log(np.maximum(heard, 1e-6)) + heat * chance.gumbel(size=heard.shape)
    found = np.zeros_like(heard)
    last = heard.shape[-1]
    for row, (own, part, call) in enumerate(zip(known, share, calls, strict=True)):
        usual = call + after[last]
        # What is the same for all of a row's categories need not be taken off: only the likeliest is looked for.
        last = int((own + part * usual).argmax())
        found[row, last] = 1.0
    return found


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
