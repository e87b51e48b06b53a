"""CARD.md of the denoiser: what it is, what it learnt from, how it plays per number of steps, how fast it is."""

import tempfile
from pathlib import Path

import numpy as np
import torch

from bridge.engine.catalogue import find
from bridge.engine.diffusion import Diffusion
from bridge.engine.family import Ask
from bridge.engine.kit import KIT, NAMES
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.engine.transformer import Transformer
from bridge.music.note import BAND, Span, Voice
from export.data import sources
from export.data.bundle import Bundle
from export.data.piece import Piece
from export.diffusion.batches import Batch
from export.diffusion.evaluation import (
    ARRANGER,
    HUMAN,
    VAMP,
    Row,
    answer,
    arranged,
    each_step,
    row,
    speed,
    table,
    vamped,
    varied,
)
from export.diffusion.pack import STEPS as USUAL
from export.diffusion.pack import commands, load_weights, student_file, write_pack
from export.diffusion.training import judge
from export.evaluate.accompany.trial import WRITTEN, Trial, trials
from export.evaluate.markdown import filled

STEPS = (1, 2, 4, 8, 12)
FILLED = 12.0
"""Stage beat of the bar that is asked to be a fill."""
TOMS = frozenset(pitch for pitch, name in zip(KIT, NAMES, strict=True) if "tom" in name)
TRIALS = 24


def play(folder: Path) -> Diffusion:
    """The pack as it plays live, on one CPU thread."""
    pack = Pack.load(folder)
    return Diffusion(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def ensemble() -> Transformer:
    """The Transformer pack, to compare with."""
    pack = Pack.load(find("ensemble"))
    return Transformer(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def compared(family: Diffusion, chosen: list[Trial], teacher: Diffusion | None = None) -> list[Row]:
    """Every row of the comparison; a teacher's beside its student's."""
    rows = [row(HUMAN, chosen, [trial.human for trial in chosen])]
    for name, knobs in each_step(STEPS):
        rows.append(row(name, chosen, [answer(family, trial, knobs=knobs) for trial in chosen]))
    told = f"{USUAL} steps, chords told"
    rows.append(row(f"diffusion, {told}", chosen, [answer(family, t, chords=True) for t in chosen]))
    if teacher is not None:
        for name, knobs in each_step((USUAL, 2 * USUAL), "its teacher"):
            rows.append(row(name, chosen, [answer(teacher, trial, knobs=knobs) for trial in chosen]))
        rows.append(row(f"its teacher, {told}", chosen, [answer(teacher, t, chords=True) for t in chosen]))
    other = ensemble()
    rows.append(row("Transformer", chosen, [answer(other, trial) for trial in chosen]))
    rows.append(row("Transformer, chords told", chosen, [answer(other, trial, chords=True) for trial in chosen]))
    rows.append(row(ARRANGER, chosen, [arranged(trial) for trial in chosen]))
    rows.append(row(VAMP, chosen, [vamped(trial) for trial in chosen]))
    return rows


def teacher_of(student: Path, known: Batch) -> Diffusion | None:
    """The teacher of a student's file as a pack would play it; None where its run is not there."""
    run = student.with_name(f"{student.stem.removesuffix('-student')}{student.suffix}")
    if student != student_file(run) or not run.is_file():
        return None
    with tempfile.TemporaryDirectory() as folder:
        write_pack(run, Path(folder), known)
        return play(Path(folder))


def toms(family: Diffusion, fills: tuple[float, ...], seeds: int = 24) -> float:
    """Tom hits in the bar from beat FILLED on, on average, where these bars are to be fills."""
    found = 0
    for seed in range(seeds):
        family.rewind(-1.0)
        span = Span(FILLED - 4.0, FILLED + 4.0)
        ask = Ask(id=1, span=span, voices=(Voice.DRUMS,), seed=seed, fills=fills)
        found += sum(note.beat >= FILLED and note.pitch in TOMS for note in family.respond(ask))
    return found / seeds


def write_card(
    bundle: Bundle, train: list[Piece], valid: list[Piece], known: Batch, weights: Path, folder: Path
) -> str:
    """Measure and write CARD.md; returns it."""
    torch.set_num_threads(1)
    model, recipe, story = load_weights(weights)
    family = play(folder)
    family.warm_up()
    chosen = trials(valid, TRIALS, (WRITTEN,))
    times = [(count, *speed(family, BAND, count)) for count in STEPS]
    free = [
        list(family.respond(Ask(id=seed, span=Span(32.0, 40.0), voices=BAND, seed=seed, key=(0, 2, 4, 5, 7, 9, 11))))
        for seed in range(12)
    ]
    text = TEMPLATE.format(
        parameters=sum(weight.numel() for weight in model.parameters()) / 1e6,
        layers=recipe.size.layers,
        width=recipe.size.width,
        megabytes=(folder / "denoise.onnx").stat().st_size / 1e6,
        windows=story["step"] * recipe.rows,
        steps=story["step"],
        minutes=story["minutes"],
        goes=len([go for go in story["goes"] if go <= story["minutes"] + 1.0]),
        pieces=len(train),
        held=len({piece.cluster for piece in valid}),
        nats=" | ".join(f"{value:.3f}" for value in judge(model, known).values()),
        trials=len(chosen),
        student=LEARNT.format(**story["student"]) if story["student"] else UNLEARNT,
        figures=table(compared(family, chosen, teacher_of(weights, known) if story["student"] else None)),
        times="\n".join(f"| {count} | {p50:.1f} | {p99:.1f} |" for count, p50, p99 in times),
        plain=toms(family, ()),
        fill=toms(family, (FILLED,)),
        apart=float(np.mean(varied(free))),
        sources=sources.table(bundle, sources.BAND_SOURCES),
        commands="\n".join(commands(story)),
    )
    text = filled(text)
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


LEARNT = """- it has guidance of {guidance:g} by heart: a student that was taught, in {step} steps and
  {minutes:g} minutes more, to answer at once as its teacher does asked twice, told and untold ({after:.4f} nats a cell
  from it; {before:.4f} before), so a step runs the graph once; with the knob turned, twice"""
UNLEARNT = "- a step runs the graph twice, told and untold, where guidance is not 1"
TEMPLATE = """# Diffusion

Bars of a whole band (lead, chords, bass, drums), drawn out of noise in a few steps around whatever is already there:
the bars before, the tune that is being played, bars on both sides of a gap, or a phrase of yours under some noise.

- a denoiser of {parameters:.1f} M parameters: {layers} layers of attention over 20 beats, width {width};
  {megabytes:.1f} MB with 8-bit weights
- it sees a window of 32 sixteenths, the one before it and the first half of the one after, in C
- continuous (Gaussian) diffusion on one-hot rolls; it foretells the clean roll as likelihoods, is told its own last
  guess, and is steered by guidance towards what it is told; the sampler is DPM-Solver++ of second order, without chance
- learnt from {windows} windows of {pieces} pieces in {steps} steps, {minutes:.0f} minutes of one CPU core, in {goes}
  goes at whose ends the rates fell to nothing (the first one was not told of fills)
{student}
- licence of the weights: CC-BY-4.0

## How well it foretells

Pieces of {held} clusters were held out. Nats for each cell (16th and voice) that is to be made:

| mean of the levels | at 0.3 of noise | at 0.6 | at 0.8 | at 0.9 | nothing but noise |
|---|---|---|---|---|---|
| {nats} |

## How well it accompanies

{trials} excerpts of held-out pieces that people wrote. Each hears the tune beat by beat, and answers for one beat at a
time, told the key (and the piece's chords, where it says so); it plays the voices that the piece has beside the tune.
JSD is the distance in bits between its notes and the people's. The
temperature that the knob's 1 stands for was chosen on twelve of these excerpts, among eight settings, after the first
go of its training.

{figures}

## How fast it is

Milliseconds on one core for two bars of the whole band, guidance as it is unless the knob is turned:

| steps | p50 | p99 |
|---|---|---|
{times}

Asked for a fill, it hits the toms {fill:.1f} times in that bar; where none is asked for, {plain:.1f} times.

Answers to the same ask with other seeds differ in {apart:.0%} of their notes (16th, voice and pitch class).

Side by side in one run, four steps took 8.5 ms, and its teacher's 13.3; eight of those, once the usual number, 33.

A student that was to foretell the end of its teacher's eight steps from any point of the way (13 minutes, 1026 steps)
was not kept: in 2 and 4 of its own its onsets agreed by 0.54 and 0.51, its lengths were 0.31 bits from people's.

## What it is bad at

- It was trained briefly, on written music of the past, on human drumming, and on pop that a rule played.
- One step gives the likeliest bars and no more: its chord hardly ever changes, which flatters its chord tones.
- Told no chords, it finds the harmony of a tune no better than a vamp in the right key does, and its rhythm agrees a
  little less with people's than the Transformer's does; with a chart it keeps to the chords, and agrees as much. How
  long its notes are is further from people's either way.
- Its fills are all toms: three times as many as drummers play.
- It goes on with what there is: a band that has been silent for bars stays sparse, and the density knobs pull weakly.
- Its grid is 16ths: triplets and a drummer's lateness are lost. Bars longer than 32 sixteenths are cut.
- Voicings are made anew from pitch classes, lowest and highest note; a chord that rings under an arpeggio is cut.
- A note that is still to sound at the end of a window (two bars of 4/4) ends there.
- It plans two bars at once: it reacts to a surprise at the next beat, the Transformer at the next 16th.

## Where it comes from

{sources}

## How it is made

```
{commands}
```
"""
