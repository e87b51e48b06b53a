"""CARD.md of the conditional VAE: what it is, what it learnt from, what its knobs do, and what it is bad at."""

import time
from pathlib import Path

import numpy as np
import torch

from bridge.engine.cvae import Cvae
from bridge.engine.cvae_controls import STYLES
from bridge.engine.family import Ask, Pressed, Released
from bridge.music.note import Span
from export.cvae import figures
from export.cvae.batches import batch
from export.cvae.effects import play, turns
from export.cvae.examples import Examples
from export.cvae.figures import Sweep, Transfer
from export.cvae.judge import Judge, train_judge
from export.cvae.losses import divergence
from export.cvae.pack import COMMANDS, VOICES, load_weights
from export.cvae.stage import Phrase, Played, Stage, phrases
from export.data import sources
from export.data.bundle import Bundle
from export.families.cvae import Conditional

PHRASES = 300
"""Held-out windows that are read and made again."""
TRANSFERRED = 160
PLAYED = 120
"""Windows that are played freely."""
SPANS = 60
ACTIVE = 0.1
"""Nats from its prior from which on a number of z counts as used."""


def write_card(bundle: Bundle, train: Examples, valid: Examples, weights: Path, folder: Path, pieces: int) -> str:
    """Measure and write CARD.md; returns it."""
    model, recipe, story = load_weights(weights)
    family = play(folder)
    stage = Stage(family)
    learnt = phrases(valid, PHRASES, 3)
    judge, other = train_judge(train, valid), train_judge(valid, train)
    free = [stage.free(n) for n in range(PLAYED)]
    human = figures.spread([figures.musical(each.rolls, each.window.steps, each.key) for each in learnt])
    made = figures.spread([figures.musical(each.rolls, each.steps) for each in free])
    moods = [knob for knob in family.card.knobs if knob.name in figures.MOODS]
    sweeps = [figures.sweep(stage, knob.name, turns(knob), valid) for knob in moods]
    nats, active = used(model, valid)
    size = recipe.size
    text = TEMPLATE.format(
        parameters=sum(weight.numel() for weight in model.parameters()) / 1e6,
        size=f"{size.encode} blocks read, {size.context} hold the context and {size.decode} write, width {size.width}",
        latent=size.latent,
        megabytes=sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6,
        windows=story["windows"] / 1e3,
        minutes=story["minutes"],
        pieces=pieces,
        held=len(valid.lead),
        reconstruction=reconstruction(stage, learnt),
        nats=nats,
        active=active,
        sweeps=swept(sweeps, stage, human),
        styles=styles(judge, other, valid, figures.styled(stage, valid)),
        transfer=transferred(figures.transfer(stage, judge, learnt[:TRANSFERRED])),
        between="{:.2f}, at most {:.2f}, and {:.2f} from end to end".format(*figures.steps_between(stage, learnt[:60])),
        variety=figures.variety([each.rolls for each in free]),
        human_variety=figures.variety([each.rolls for each in learnt]),
        spread=spreads(human, made),
        speed="{:.1f} ms p50, {:.1f} ms p99".format(*np.percentile(speed(family), (50, 99))),
        sources=sources.table(bundle, sources.BAND_SOURCES),
        commands="\n".join(COMMANDS),
    )
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


@torch.no_grad()  # type: ignore[untyped-decorator]
def used(model: Conditional, valid: Examples) -> tuple[float, int]:
    """Nats a window between posterior and prior, nothing but the wish being known, and numbers of z that are used."""
    random = np.random.default_rng(5)
    index = random.choice(len(valid.lead), min(512, len(valid.lead)), replace=False, p=valid.chance)
    every = batch(valid, index, np.zeros(0, np.bool_), None)
    mean, spread = model.encode(every.x, every.wish, every.beats)
    empty = torch.zeros(len(mean), mean.shape[1] + 1)
    h = model.context(every.x, every.known, every.wish, every.beats, empty)
    nats = divergence((mean, spread), model.prior(h, mean))
    return float(nats.sum(1).mean()), int((nats.mean(0) > ACTIVE).sum())


def speed(family: Cvae) -> list[float]:
    """Milliseconds of a core for two bars of the whole band after something was played; each is made from the start."""
    family.rewind(0.0)
    times = []
    for n in range(SPANS):
        for step, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72) * 2):
            family.hear(Pressed(step * 0.5, pitch, 80))
            family.hear(Released(step * 0.5 + 0.4, pitch))
        ask = Ask(id=n, span=Span(8.0, 16.0), voices=VOICES, seed=n, key=(0, 2, 4, 5, 7, 9, 11))
        began = time.thread_time()
        list(family.respond(ask))
        times.append((time.thread_time() - began) * 1000)
        family.rewind(0.0)
    return times


def reconstruction(stage: Stage, learnt: list[Phrase]) -> str:
    """Note F1 by voice as a table."""
    found = figures.reconstruction(stage, learnt)
    lines = ["| voice | note F1 | notes |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {voice} | {value:.2f} | {count} |" for voice, (value, count) in found.items())])


def swept(sweeps: list[Sweep], stage: Stage, human: dict[str, tuple[float, float, float]]) -> str:
    """The moods asked for and measured, as tables, and what leaves the human spread."""
    lines, left = [], []
    for sweep in sweeps:
        lines += [
            f"| {sweep.knob} | {' | '.join(f'{value:g}' for value in sweep.values)} |",
            f"|---|{'---:|' * len(sweep.values)}",
            f"| measured | {' | '.join(f'{mean:.2f}' for mean in sweep.means)} |",
            "",
            f"rho {sweep.rho:.2f}; a full turn moves it by {sweep.span:.1f} standard deviations.",
            "",
        ]
        left += [f"{sweep.knob}: {each}" for each in figures.outside(stage, sweep.knob, sweep.values, human)]
    return "\n".join(lines) + "Means outside the human spread: " + ("; ".join(left) or "none") + "."


def styles(judge: Judge, other: Judge, valid: Examples, made: dict[int, list[Played]]) -> str:
    """What the judges take held-out windows for, and windows that were asked for in a style, as a table."""
    found = [figures.heard(each, made) for each in (judge, other)]
    lines = [
        "| style | held-out windows | judge on them | judge on windows asked for | other judge on windows asked for |",
        "|---|---:|---:|---:|---:|",
    ]
    for place, own in judge.by_style.items():
        count = int((valid.style == place).sum())
        lines.append(
            f"| {STYLES[place]} | {count} | {own:.2f} | {' | '.join(f'{each[place]:.2f}' for each in found)} |"
        )
    means = [float(np.mean(list(each.values()))) for each in (judge.by_style, *found)]
    lines.append(f"| meaned over styles | | {' | '.join(f'{mean:.2f}' for mean in means)} |")
    whole = (
        f"Of all held-out windows the judge takes {judge.accuracy:.2f} for what they are; always naming the commonest"
    )
    return "\n".join(lines) + f"\n\n{whole} style would be right for {judge.chance:.2f}."


def transferred(found: Transfer) -> str:
    """Style transfer as a table."""
    lines = ["| blend | judge: its own style | judge: the other style | like the phrase |", "|---:|---:|---:|---:|"]
    rows = zip(found.blends, found.source, found.target, found.kept, strict=True)
    lines += [f"| {blend:g} | {own:.2f} | {other:.2f} | {kept:.2f} |" for blend, own, other, kept in rows]
    return "\n".join(lines) + f"\n\nTwo phrases of different pieces are like each other to {found.others:.2f}."


def spreads(human: dict[str, tuple[float, float, float]], made: dict[str, tuple[float, float, float]]) -> str:
    """Figures of held-out windows beside those played freely, as a table."""
    lines = ["| figure | held out: 5 %, mean, 95 % | played freely: 5 %, mean, 95 % |", "|---|---|---|"]
    for name, row in human.items():
        mine = ", ".join(f"{value:.2f}" for value in made[name]) if name in made else "none"
        lines.append(f"| {name} | {', '.join(f'{value:.2f}' for value in row)} | {mine} |")
    return "\n".join(lines)


TEMPLATE = """# Conditional VAE

Two bars of the band at once, by mood and style. An encoder reads two bars into a latent vector z; a decoder makes two
bars from z and from what it is told: moods, style, place in the piece, key, chords, and whatever notes of the two bars
are known already, such as those that you play. Where nothing is read, z is drawn from a prior that knows the same, and
the two bars before. An adversary that tries to tell style and moods from z keeps them out of it, so that a phrase
can be read in one style and made again in another.

- {parameters:.1f} M parameters: {size}, {latent} numbers in z; {megabytes:.1f} MB with 8-bit weights
- learnt from {windows:.0f} thousand windows of {pieces} pieces in {minutes:.0f} minutes on one CPU thread
- it says where a phrase lies in 8 numbers, the directions in which z differs most in held-out music: taste goes by them
- licence of the weights: CC-BY-4.0

All figures below are of the pack as it plays, through the same asks as in the band, against {held} windows of held-out
pieces, none of whose tunes was trained on.

## How well it gives back what it reads

A note counts where its step and its pitch (or drum) are right. Key and meter are told; knobs are in the middle and
creativity and temperature at 0.

{reconstruction}

Posterior and prior are {nats:.0f} nats a window apart, and {active} of {latent} numbers of z are used. A step on the
way from one phrase to another (an eighth of the way) changes {between} (1: nothing in common).

## What the moods do

Arousal is how dense the onsets are, brightness how much more major than minor the pitch classes are, with a little
height: formulas over notes, in standard deviations, which nobody rated. Tempo has no part in either. Measured with
nothing heard before, in C major and the style that the knob begins with; rho is Spearman's over all windows.

{sweeps}

## What the styles do

A small network over plain statistics of a window, trained apart on the training pieces, says what style it hears.
Another one of the kind has learnt from the held-out pieces alone, of which the model knows nothing.

{styles}

Windows of a style are asked for in the meter, the mode and the voices of a held-out window of that style, of which
nothing else is told; moods are in the middle, which is as lively as the style usually is.

Held-out phrases of one style, read and made again on the way to another (like: share of filled places in common):

{transfer}

## What it plays

Neighbours among windows played freely are unlike to {variety:.2f} (0: the same, 1: nothing in common), held-out windows
of different pieces to {human_variety:.2f}.

{spread}

## How fast it is

Two bars of the whole band after something was played, made from the start: {speed}, of one core.

## What it is bad at

- All is on a grid of 16ths: triplets and ornaments are pulled to it, and shorter notes are lost. Only drums keep their
  lateness.
- The steps of a window are written side by side and not one after another, so that what it is unsure of turns out
  sparse or plain.
- Lead and bass are one line each; chords begin with five notes at most.
- Leads wander, and drums stumble now and then; a style that is asked for is steadier than none. What keeps a lead
  together is a rule: a wide step costs chance.
- String quartets and ragtime that are asked for are seldom taken for such; waltzes, folk and jazz half the time.
  Where moods are told, its chords begin more often than people's.
- The knob of contrast works on the noise that z is drawn with; as a wish it is hardly heard.
- Velocities of lead, bass and chords are learnt from few pieces, most scores saying nothing of them.

## Where it comes from

{sources}

## How it is made

```
{commands}
```
"""
