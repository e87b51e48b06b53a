"""CARD.md of the accompanist: what it is, what it learnt from, how well it foretells, how fast it is."""

import time
from pathlib import Path

import numpy as np
import torch

from bridge.engine import ensemble_controls as told
from bridge.engine.family import Ask, Family, Pressed, Released
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.engine.transformer import Transformer
from bridge.errors import PackError
from bridge.music.note import Span
from export.data import sources
from export.data.bundle import Bundle
from export.data.piece import Piece
from export.ensemble.baseline import Counts, Known
from export.ensemble.batches import Deck
from export.ensemble.chances import CHARTED, PLAIN
from export.ensemble.layout import lay_out
from export.ensemble.losses import judge
from export.ensemble.pack import COMMANDS, load_weights
from export.ensemble.training import held_out
from export.families.transformer import Sheet

COUNTED = 1500
"""Training streams that the baseline counts."""
SHOWN = ("voice", "shift", "pitch", "duration", "note", "velocity")
SPANS = 60


def play(folder: Path) -> Transformer:
    """The pack as it plays live, on one CPU thread."""
    pack = Pack.load(folder)
    return Transformer(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def write_card(bundle: Bundle, train: list[Piece], valid: list[Piece], weights: Path, folder: Path) -> str:
    """Measure and write CARD.md; returns it. Raises PackError where the model is no better than counting."""
    torch.set_num_threads(1)
    model, recipe, story = load_weights(weights)
    rows = {}
    for name, chances in (("no chords told", PLAIN), ("chords told", CHARTED)):
        rows[f"model, {name}"] = judge(model, held_out(valid, recipe.length, chances))
    rows["counting"] = counted(train, held_out(valid, recipe.length, PLAIN), recipe.length)
    if rows["model, no chords told"]["note"] >= rows["counting"]["note"]:
        raise PackError("the model is no better than counting on held-out pieces; train it longer")
    spans, notes = speed(play(folder))
    size = recipe.size
    text = TEMPLATE.format(
        parameters=sum(weight.numel() for weight in model.parameters()) / 1e6,
        size=f"{size.layers} layers, width {size.width}, {size.heads} query heads and one of keys and values",
        context=recipe.length,
        megabytes=sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6
        + (folder / "weights.bin").stat().st_size / 1e6,
        events=story["tokens"] / 1e6,
        steps=story["step"],
        nats=table(rows),
        p50=np.percentile(notes, 50),
        p99=np.percentile(notes, 99),
        span=np.percentile(spans, 99),
        controls=told.layout(),
        pieces=len(train),
        held=len({piece.cluster for piece in valid}),
        sources=sources.table(bundle, sources.BAND_SOURCES),
        commands="\n".join(COMMANDS),
    )
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


def counted(train: list[Piece], valid: list[Sheet], length: int) -> dict[str, float]:
    """The baseline's nats on held-out streams, after counting training streams of the same kind."""
    random = np.random.default_rng(3)
    deck, counts = Deck(train), Counts()
    for _ in range(COUNTED):
        lines = lay_out(deck.draw(random), length, random)
        counts.learn([Known(lines.events, lines.places, lines.own, lines.references)])
    return counts.judge(
        [
            Known(*(array[0].numpy() for array in (sheet.events, sheet.places, sheet.own, sheet.references)))
            for sheet in valid
        ]
    )


def table(rows: dict[str, dict[str, float]]) -> str:
    """Nats a band note by field as a table."""
    lines = [f"| nats a band note | {' | '.join(SHOWN)} |", f"|---|{'---:|' * len(SHOWN)}"]
    lines += [f"| {name} | {' | '.join(f'{found[field]:.3f}' for field in SHOWN)} |" for name, found in rows.items()]
    return "\n".join(lines)


def speed(family: Family) -> tuple[list[float], list[float]]:
    """Milliseconds for four-beat spans of the whole band, and for each event of them, on a warm cache."""
    family.warm_up()
    for n in range(256):
        family.hear(Pressed(n * 0.5, 60 + (n * 7) % 12, 80))
        family.hear(Released(n * 0.5 + 0.4, 60 + (n * 7) % 12))
    spans, events = [], []
    for n in range(SPANS):
        ask = Ask(id=n, span=Span(128.0, 132.0), voices=told.VOICES, key=(0, 2, 4, 5, 7, 9, 11), seed=n)
        began = last = time.perf_counter()
        for _ in family.respond(ask):
            events.append((time.perf_counter() - last) * 1000)
            last = time.perf_counter()
        spans.append((time.perf_counter() - began) * 1000)
    return spans, events


TEMPLATE = """# Ensemble

A band of lead, chords, bass and drums that plays along with what it hears. It reads both sides' notes in one stream, in
the order of time, and goes on with that stream: its own notes are the answer, the player's are imagined and forgotten.

- {parameters:.1f} M parameters: {size}; it looks back {context} events; {megabytes:.1f} MB with 8-bit weights
- learnt from {events:.1f} M events of {pieces} pieces in {steps} steps
- licence of the weights: CC-BY-4.0

## How well it foretells

Pieces of {held} clusters were held out, and none of their tunes was trained on. The player plays the written lead; the
band is all the rest, and the key is told.

{nats}

«Counting» is an interpolated count of each field given the event before, the place in the beat, the voice's own last
pitch and the player's.

## How fast it is

On one thread of this machine, with a full cache: {p50:.2f} ms from note to note (p50; {p99:.2f} p99), and
{span:.1f} ms (p99) for four beats of the whole band.

## What it is told

```
{controls}
```

## What it is bad at

- By itself it hardly hears which chord you are on. It is told: your chart's chords, or those that the band foresees
  (`bridge.music.foresight`), and it is no better in harmony than these are: good in a loop, from the third time round
  on.
- Its drums keep no groove for long: where you have the choice, let `groove-gan` play them.
- It was trained on written music of the past and on human drumming; its pop and rock is by rule or from a game.
- Drums are pulled to the grid of 16ths and triplets with the 32nds beside the beat: the drummer's lateness is lost.
- Meters longer than eight beats are clipped from their far end, and rests longer than eight beats count as eight.

## Where it comes from

{sources}

## How it is made

```
{commands}
```
"""
