"""CARD.md: what the pack is, what it learnt from, how good it is and where it is not."""

import tomllib
from pathlib import Path

import torch

from bridge.engine.lstm import Lstm
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.errors import PackError
from export.data import sources
from export.data.bundle import Bundle
from export.data.melody import Melody
from export.evaluate import knobs, likelihood, musical, speed, timing
from export.evaluate.continuation import ANSWER_BARS, PROMPT_BARS, answer, prompts
from export.evaluate.figures import GRAM
from export.evaluate.markdown import filled
from export.pack import COMMANDS, MIN_P, load_weights
from export.parity import compare
from export.train import held_out

SEEDS = 2
"""Answers to every prompt."""


def play(folder: Path) -> Lstm:
    """The pack as it plays live, on one CPU thread."""
    pack = Pack.load(folder)
    return Lstm(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def write_card(
    bundle: Bundle, train: list[Melody], valid: list[Melody], weights: Path, folder: Path, count: int
) -> str:
    """Measure and write CARD.md; returns it. Raises PackError where the weights are not the pack's."""
    torch.set_num_threads(1)
    model, recipe, best = load_weights(weights)
    family = play(folder)
    parity = compare(model, folder / "step.onnx", held_out(valid), steps=100)
    asked = prompts(valid, count)
    found = musical.compare(
        asked, lambda prompt, seed: answer(family, prompt, seed), musical.training_grams(train), SEEDS
    )
    nats = likelihood.table(model, train, valid)
    if nats["LSTM"]["note"] >= nats["Markov-2"]["note"]:
        raise PackError("the model is no better than Markov-2 on held-out melodies; train it longer")
    text = TEMPLATE.format(
        parameters=sum(p.numel() for p in model.parameters()) / 1e6,
        layers=recipe.size.layers,
        hidden=recipe.size.hidden,
        megabytes=(folder / "step.onnx").stat().st_size / 1e6,
        step=best["step"],
        parity=parity,
        nats=likelihood.markdown(nats),
        sets=likelihood.markdown(likelihood.by_set(model, valid)),
        better=1 - nats["LSTM"]["note"] / nats["Markov-2"]["note"],
        prompt_bars=PROMPT_BARS,
        answer_bars=ANSWER_BARS,
        prompts=len(asked),
        seeds=SEEDS,
        notes=found.notes,
        silent=found.silent,
        gram=GRAM,
        min_p=MIN_P,
        temperature=_default(folder, "temperature"),
        musical=musical.markdown(found),
        graph_speed=speed.graph(folder / "step.onnx", model),
        family_speed=speed.family(family, asked[:60]),
        knobs=knobs.table(family, asked[:50]),
        timing=timing.sentence(bundle),
        clusters=len({melody.cluster for melody in valid}),
        melodies=len(train),
        tones=sum(len(melody.tones) for melody in train),
        sources=sources.table(bundle),
        typesetters=sources.typesetters(bundle),
        commands="\n".join(COMMANDS),
    )
    text = filled(text)
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


def _default(folder: Path, knob: str) -> float:
    card = tomllib.loads((folder / "pack.toml").read_text("utf-8"))
    return next(float(row["default"]) for row in card["knobs"] if row["name"] == knob)


TEMPLATE = """# lstm-melody

A small recurrent network that hears a tune, note by note, and carries it on: it plays `lead`, one note at a time.
{parameters:.2f} million parameters ({layers} LSTM layers of {hidden}), one ONNX graph of {megabytes:.1f} MB, one
call a note. On one CPU thread a call takes {graph_speed}; a whole answer, hearing included, {family_speed} a note.

## Use
Continue what a player began, or trade phrases with them. Knobs: `temperature` (1 is as learnt), `density` (onsets a
beat; 0: as many as the player) and `register` (mean MIDI pitch; 0 leaves it to the model). A scale may be given, and
locked. Any meter.

## How good it is
Held-out melodies: {clusters} melody clusters (tunes and their variants) that training never saw, chosen by a hash
of the cluster. They also chose which weights to keep, `min_p` and how far the density knob reaches, so the figures
are a little kind. All figures below are about the band's notes (LEAD). The best weights were kept at step {step:.0f}.

### Likelihood
Every model foretells the same notes from the same past: the place of the onset, the pitch and the length. The scale
is known to LSTM and Markov-2 (which is also told the tonic); density and register are not, except in the last row.
Markov-2 shares its counts between all keys and octaves, backs off through five shorter contexts with Witten-Bell
weights, and is told the place in the bar.

{nats}

The LSTM needs {better:.1%} fewer nats a note than Markov-2. By set:

{sets}

### Beside humans
{prompts} held-out melodies, {prompt_bars} bars played to the model, {answer_bars} bars of answer, {seeds} answers
to each ({notes} notes, {silent} answers with fewer than two notes), through the code that plays live, temperature
{temperature}, scale given and not locked. «Humans» is how each melody really went on. A figure is copied if {gram}
notes in a row (intervals and rhythm) are in the training set; tunes share much, as the humans' own share shows.

{musical}

«Humans among themselves» is the distance between two halves of the human continuations, each half as large.
`min_p` ({min_p}: what is less likely than this share of the likeliest choice is never played) and the default
temperature were chosen so that repeated notes, leaps and distinct pitches come near the humans' figures.

### Knobs
{knobs}

### Parity
The graph against torch on real events, with random masks, temperatures and noise: {parity}.

## What it is bad at
- It remembers about a phrase. It has no plan of verses, and brings a motif back less often and less exactly than
  people.
- It knows no chords: it follows the scale it is given and what it heard, not the harmony of a band.
- Its ear is European: folk dances, hymns, art song, strings, and little of jazz or pop; no quarter tones, no swing
  of its own (triplets only where the player plays them).
- One line: of several held keys it hears each, but it answers with a melody.
- Meters that are rare in the data (5/4, 7/8) keep the bar, with less sense of its accents.
- Onsets lie on 16ths, eighth-note triplets and the 32nds beside the beat; finer ornaments are pulled to these.
  {timing}
- Velocities are learnt from few pieces; let the band follow the player's instead.

## Data
{melodies} melodies with {tones} notes are in the training split. The pitch of each was moved through twelve keys,
turns of player and band were drawn at random, the player's touch and timing were varied.

{sources}

Mutopia's CC BY pieces were typeset by: {typesetters}.

## Licence
The weights are under CC BY 4.0. The strictest terms among the sources ask for credit (CC BY pieces of Mutopia, the
Nottingham collection, Freedoom's BSD notice), none asks for more: so whoever passes the weights on passes on the
credits above.

## Reproduce
`recipe.toml` holds the sizes, seed, sets and weights of the run. With `pip install 'antiphon[train,cpu]'` and the data
bundle's folder as BUNDLE:

```
{commands}
```
"""
