"""CARD.md of the music-theory VAE: what it gives back, what its factors and knobs do, and how fast it is."""

import time
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from bridge.engine.pack import Knob, Pack
from bridge.engine.session import open_session
from bridge.engine.theory_idea import middle
from bridge.engine.theory_model import Model
from bridge.engine.theory_vae import KNOBS, TheoryVae
from bridge.errors import PackError
from export.data import sources
from export.data.bundle import Bundle
from export.data.piece import Piece
from export.evaluate.markdown import filled
from export.families.theory_vae import FACTORS
from export.theory.examples import MEASURES, Example, examples, page, played
from export.theory.judging import (
    OWN,
    POSITIONS,
    Sweep,
    collapse,
    effects,
    given_back,
    matrix,
    on_tones,
    outside,
    reach,
    single,
    spread,
    steps_between,
    swapped,
    sweep,
)
from export.theory.knobs import deviations
from export.theory.pack import commands, load_weights, play
from export.theory.patterns import table as rhythms
from export.theory.phrases import shelve

TURNED = 6
"""Phrases that knobs are turned on while time is taken."""
GIVEN_BACK, SWAPPED, SWEPT, PAIRS, TIMED = 300, 300, 80, 40, 300
"""Held-out phrases of each measurement."""
HUMAN = 300
"""Held-out phrases that the spread of human figures is taken from."""
EXEMPT = {
    ("range", "repetition"): "a narrow line comes back to the same pitches, whether or not a bar comes again",
    ("comping", "repetition"): "bars that are full of onsets have more of them in common",
    ("activity", "syncopation"): "a note on the beat ends the hanging over it of the note before",
    ("syncopation", "activity"): "the same, the other way round",
}
"""Knob and attribute that are related by what they measure -> why."""
LEAST = 0.2
"""Rank correlation up to which an attribute counts as left alone."""


def write_card(bundle: Bundle, valid: list[Piece], weights: Path, folder: Path) -> str:
    """Measure and write CARD.md; returns it. Raises PackError where the pack gives back no phrase."""
    torch.set_num_threads(1)
    net, recipe, story = load_weights(weights)
    pack = Pack.load(folder)
    model = Model(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))
    many = examples(valid, GIVEN_BACK)
    back = given_back(model, many)
    if back["lead"][0] < 0.2:
        raise PackError("the model gives back less than a fifth of the notes of a phrase; train it longer")
    people = examples(valid, HUMAN)
    under, over = on_tones(model, many)
    family, few = play(folder), examples(valid[::2], SWEPT)
    knobs = {knob.name: knob for knob in pack.card.knobs if knob.name in KNOBS}
    sweeps = {name: sweep(family, few, name, positions(knob)) for name, knob in knobs.items()}
    shelf = shelve(valid, 2)
    rows = np.random.default_rng(2).choice(len(shelf), min(len(shelf), 512), replace=False)
    mates = [(a, b) for a, b in pairwise(many) if a.shape == b.shape and a.scale == b.scale]
    walk = steps_between(family, *_pairs(mates or [(a, a) for a in many[:1]]))
    text = TEMPLATE.format(
        parameters=sum(weight.numel() for weight in net.parameters()) / 1e6,
        megabytes=sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6,
        phrases=story["phrases"],
        steps=story["step"],
        minutes=story["minutes"],
        rows=recipe.rows,
        held=len({piece.cluster for piece in valid}),
        given=len(many),
        back=_given(back),
        under=under,
        over=over,
        factors=_factors(swapped(model, examples(valid, SWAPPED))),
        knobs=_knobs(sweeps, knobs, deviations(few), spread(people)),
        human=len(people),
        positions=POSITIONS,
        swept=len(few),
        matrix=matrix({name: effects(found) for name, found in sweeps.items()}),
        broken=_broken(sweeps),
        exempt="\n".join(f"- {a} -> {b}: {why}" for (a, b), why in EXEMPT.items()),
        collapse=_collapse(collapse(net, shelf.batch(rows))),
        rhythms=rhythms(net, shelf.batch(rows)),
        pairs=len(mates),
        ends=walk[0],
        most=walk[1],
        mean=walk[2],
        speed=_speed(model, family, many),
        sources=sources.table(bundle, sources.BAND_SOURCES),
        commands="\n".join(commands(recipe)),
        parity=tomllib.loads((folder / "recipe.toml").read_text("utf-8"))["parity"],
    )
    text = filled(text)
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


def positions(knob: Knob) -> tuple[float, ...]:
    """Positions over a knob's range, its middle among them."""
    below = np.linspace(knob.minimum, 0, POSITIONS // 2 + 1)[:-1] if knob.minimum < 0 else np.zeros(0)
    above = np.linspace(0, knob.maximum, POSITIONS // 2 + 1)
    return tuple(float(x) for x in (*below, *above))


def _pairs(mates: Sequence[tuple[Example, Example]]) -> tuple[list[Example], list[Example]]:
    first, second = zip(*mates[:PAIRS], strict=True)
    return list(first), list(second)


def _given(back: dict[str, tuple[float, float]]) -> str:
    lines = ["| voice | notes (onset and pitch), F1 | onsets, F1 |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {voice} | {a:.3f} | {b:.3f} |" for voice, (a, b) in back.items())])


def _factors(found: dict[str, dict[str, tuple[float, float]]]) -> str:
    lines = [f"| factor taken from another phrase | {' | '.join(MEASURES)} |", f"|---|{'---:|' * len(MEASURES)}"]
    for factor in FACTORS:
        cells = [
            f"**{a:+.2f}** / {b:+.2f}" if name in OWN[factor] else f"{a:+.2f} / {b:+.2f}"
            for name, (a, b) in found[factor].items()
        ]
        lines.append(f"| {factor} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _knobs(
    sweeps: dict[str, Sweep],
    knobs: dict[str, Knob],
    units: np.ndarray[tuple[int], np.dtype[np.float64]],
    human: tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]],
) -> str:
    lines = [
        "| knob | range | full sweep moves its attribute by | rank correlation, all phrases / each by itself | "
        "figures outside the human spread |",
        "|---|---|---:|---:|---:|",
    ]
    for name, found in sweeps.items():
        moves = reach(found, float(units[MEASURES.index(name)]))
        knob = knobs[name]
        lines.append(
            f"| {name} | {knob.minimum:g} to {knob.maximum:g} | {moves[-1] - moves[0]:.2f} deviations | "
            f"{effects(found)[name]:+.2f} / {single(found, name):+.2f} | {len(outside(found, *human))} |"
        )
    return "\n".join(lines)


def _broken(sweeps: dict[str, Sweep]) -> str:
    """What the matrix has beyond LEAST that no definition excuses."""
    found = [
        f"{knob} -> {name} {value:+.2f}"
        for knob, sweep in sweeps.items()
        for name, value in effects(sweep).items()
        if name != knob and abs(value) > LEAST and (knob, name) not in EXEMPT
    ]
    return "; ".join(found) or "nothing"


def _collapse(found: dict[str, dict[str, float]]) -> str:
    lines = [
        "| factor | nats a phrase from its prior | of these Gaussian | active Gaussian units (of a bar: 4 times) | "
        "categories in use (perplexity) |",
        "|---|---:|---:|---:|---:|",
    ]
    for factor, row in found.items():
        used = f"{row['categories in use']:.1f} of {row['categories']:.0f}" if "categories" in row else "none"
        lines.append(
            f"| {factor} | {row['nats']:.1f} | {row['Gaussian nats']:.1f} | {row['active']:.0f} of "
            f"{row['units']:.0f} | {used} |"
        )
    return "\n".join(lines)


def _speed(model: Model, family: TheoryVae, phrases: Sequence[Example]) -> str:
    """Milliseconds of each graph with its host, and of a varied window whose knob was just turned."""
    pages = [page(example.notes, example) for example in phrases[:TIMED]]
    ideas = [middle(model.encode(each)) for each in pages]
    rows: dict[str, list[Callable[[], object]]] = {
        "encode, two windows": [partial(model.encode, each) for each in pages],
        "decode, two windows": [partial(model.decode, idea, each.bar) for idea, each in zip(ideas, pages, strict=True)],
    }
    lines = ["| | p50 (ms) | p99 (ms) |", "|---|---:|---:|"]
    for name, calls in rows.items():
        times = []
        for call in calls:
            began = time.thread_time()
            call()
            times.append((time.thread_time() - began) * 1000)
        lines.append(f"| {name} | {np.percentile(times, 50):.2f} | {np.percentile(times, 99):.2f} |")
    times = []
    for n in range(TIMED):
        example = phrases[n * TURNED // TIMED]
        began = time.thread_time()
        played(family, example, example.material, {"colour": 0.001 * n})
        times.append((time.thread_time() - began) * 1000)
    lines.append(f"| both windows of a phrase after a knob was turned | {np.percentile(times, 50):.2f} | "
                 f"{np.percentile(times, 99):.2f} |")  # fmt: skip
    return "\n".join(lines)


TEMPLATE = """# Theory VAE

A phrase of four bars, taken apart into what a musician calls pitch, rhythm, harmony and form, and put together anew
with any of them moved, swapped or repeated. Lead, chords and bass.

- {parameters:.2f} M parameters; {megabytes:.1f} MB with weights in half precision
- learnt from {phrases} phrases in {steps} steps of {rows}, {minutes:.0f} minutes of one processor thread, in one go
- licence of the weights: CC-BY-4.0
- graphs against torch: {parity}

Pitch is a categorical distribution over the degrees of the scale for every step, whose prior knows the chord, the
degree before and the mode, and a few numbers for the line's curve, whose height and range are told apart. Rhythm is
an entry of a dictionary of bars for each voice and a time series over all steps that departs from it. Harmony is a
chord for every half bar, whose prior is a table of progressions, the bass's degree for every eighth, whose prior
knows the chord, and the voicing: how high each voice of the chords and the bass lie in every eighth, by the principal
axes of such heights, so that over other chords the same voices take the tones that are next to them. Structure is an
attention over bars: it says which earlier bar each later one looks at, and how much of its pitch, rhythm and harmony
comes again, and it works on the other factors' latents. A factor's decoder reads its own latents and where notes
begin, and nothing else.

What a phrase is like (how high and wide its melody is, how full and how much off the beat, how tense and how wide its
chords are) and how its chords lie is not guessed but measured where the voice is heard, and told to the decoders;
each writes, measures what it wrote, and writes again, its aim moved by what was missed: melody and rhythm once more,
chords twice. What comes nearest is kept. A form that is taken from another phrase is held to how much of that
phrase's notes comes again.

## What it gives back

{given} held-out phrases (of {held} clusters, none of whose tunes was trained on), encoded and decoded:

{back}

{under:.2f} of the chords' notes are tones of the chord that the model hears under them. Told the chords of another
phrase, it lays {over:.2f} of them on tones of those, before anything beside it sees to that.

In the modes that bring a phrase it is played as it was played, and the model's changes are laid over it; these figures
are of the model alone.

## What each factor does

Pairs of held-out phrases: one factor of the second is put into the first. Rank correlation (Spearman) of each
attribute of what comes out with the second phrase / with the first. Own attributes in bold: they should follow the
second, all others the first.

{factors}

## What each knob does

{swept} held-out phrases (others than the knobs' ranges were found on), {positions} positions each; attributes are
recomputed from the notes played. Units are deviations of the training music. A figure of the melody (its density, time
sounding, notes in key, pitches, range, steps, leaps and off-beats) is outside where its mean leaves the 5th to 95th
percentile of {human} held-out phrases as they were written.

{knobs}

Rank correlation of a knob's position with the change of every attribute, over all positions and phrases:

{matrix}

Beyond {limit} and not exempt: {broken}. Exempt, as related by what they measure:

{exempt}

## What has not collapsed

{collapse}

The dictionary's most used entries (x an onset, = held, . silent):

```
{rhythms}
```

## From one phrase to another

{pairs} pairs of held-out phrases of one key and meter, in 16 steps: from end to end {ends:.2f} of the notes change
(1 - F1), from step to step {mean:.2f} on average and {most:.2f} at most.

## How fast it is

One thread, everything on the host included, in time of its processor:

{speed}

## What it is bad at

- It hears a grid of 16ths: triplets, ornaments and micro-timing are pulled to it.
- Notes of a chord that are not struck together but held over are told apart only by what is struck.
- Bars are at most 16 sixteenths; a window is always cut into two of them, so 5/4 is heard as two bars of 10.
- Chords are told apart by seven kinds; suspended and augmented ones are one.
- It was trained on written music of the past, and on pop and rock by rule or from a game.

## Where it comes from

{sources}

## How it is made

```
{commands}
```
""".replace("{limit}", f"{LEAST}")
