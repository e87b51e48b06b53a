"""Training of the melody LSTM on one machine: streams of melodies, early stopping on held-out NLL a LEAD note."""

import logging
import math
import time
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

from bridge.engine.codec import FIELDS, Part
from export.data.layout import LIVE, PLAIN, Chances, Rows, lay_out, transpose, window
from export.data.melody import Melody
from export.families.lstm import Melodist, Size

log = logging.getLogger("export.train")

SET_WEIGHTS = {
    "nottingham": 2.0,
    "ewld_pd": 2.0,
    "openhymnal": 1.5,
    "lieder": 1.0,
    "mutopia": 0.7,
    "freedoom": 1.0,
    "quartets": 1.0,
}
"""How often a piece of a set is seen in an epoch; a piece is cut to WINDOW bars each time."""
WINDOW = 64
PART_WEIGHTS = {Part.HELD: 0.25, Part.RELEASE: 0.1, Part.LEAD: 1.0}
FIELD_WEIGHTS = (0.15, 1.0, 1.0, 1.0, 0.5)


class Recipe(msgspec.Struct, frozen=True):
    """Everything a training run depends on, beside the data."""

    seed: int = 7
    size: Size = Size()
    batch: int = 32
    length: int = 96
    """Events a step; the state is carried over and the gradient is not."""
    rate: float = 2.0e-3
    warm_up: int = 300
    dropout: float = 0.2
    weight_decay: float = 0.02
    reset: float = 0.12
    """Chance that a row's state is set to zero between steps."""
    steps: int = 6000
    """Steps of training, over which the learning rate falls from `rate` along a cosine."""
    validate_every: int = 500
    patience: int = 8
    """Validations without a better one, after which training ends."""
    sets: dict[str, float] = msgspec.field(default_factory=lambda: dict(SET_WEIGHTS))


def join(rows: list[Rows]) -> Rows:
    """Streams one after another."""
    return Rows(*(np.concatenate(parts) for parts in zip(*rows, strict=True)))


def epoch(melodies: list[Melody], recipe: Recipe, random: np.random.Generator, chances: Chances = LIVE) -> Rows:
    """One pass over the training melodies: cut, transposed, laid out, shuffled, joined."""
    copies = []
    for melody in melodies:
        weight = recipe.sets.get(melody.set, 0.0)
        count = int(weight) + int(random.random() < weight - int(weight))
        copies.extend([melody] * count)
    rows = []
    for index in random.permutation(len(copies)):
        piece = window(copies[index], WINDOW, random)
        if piece.tones:
            rows.append(lay_out(transpose(piece, int(random.integers(-6, 6))), random, chances))
    return join(rows)


def laid_out(melodies: list[Melody], chances: Chances = PLAIN) -> list[tuple[Melody, Rows]]:
    """Validation melodies with their events, the same every time: not transposed, at most 48 bars of a piece."""
    random = np.random.default_rng(99)
    pieces = (window(melody, 48, random) for melody in melodies)
    return [(piece, lay_out(piece, random, chances)) for piece in pieces if piece.tones]


def held_out(melodies: list[Melody], chances: Chances = PLAIN) -> Rows:
    """The validation melodies as one stream."""
    return join([rows for _, rows in laid_out(melodies, chances)])


def blocks(rows: Rows, batch: int) -> tuple[torch.Tensor, ...]:
    """A stream folded into `batch` rows of equal length: one tensor for each field of Rows."""
    length = len(rows.events) // batch
    return tuple(torch.from_numpy(a[: batch * length].reshape(batch, length, *a.shape[1:])) for a in rows)


def losses(logits: list[torch.Tensor], targets: torch.Tensor) -> list[torch.Tensor]:
    """NLL in nats of each field [B, T]."""
    return [
        F.cross_entropy(logit.flatten(0, 1), targets[..., n].flatten(), reduction="none").view(targets.shape[:2])
        for n, logit in enumerate(logits)
    ]


def weigh(parts: list[torch.Tensor], targets: torch.Tensor, dynamics: torch.Tensor) -> torch.Tensor:
    """The training loss: mean NLL, weighted by whose event and which field it is."""
    table = torch.zeros(len(Part))
    for part, weight in PART_WEIGHTS.items():
        table[part] = weight
    who = table[targets[..., 0]]
    held = targets[..., 0] != Part.RELEASE
    total = torch.zeros_like(parts[0])
    for n, nll in enumerate(parts):
        mask = dynamics & held if n == 4 else held if n == 3 else torch.ones_like(held)
        total = total + FIELD_WEIGHTS[n] * nll * mask
    return (total * who).sum() / who.sum().clamp(min=1.0)


def validate(model: Melodist, rows: Rows, batch: int = 24, length: int = 256) -> dict[str, float]:
    """NLL in nats a LEAD note, by field; "note" is shift + pitch + duration."""
    model.eval()
    *rest, dynamics = blocks(rows, batch)
    events = rest[0]
    sums, counts, state = np.zeros(5), np.zeros(5), None
    for at in range(0, events.shape[1] - 1, length):
        piece = slice(at, min(at + length + 1, events.shape[1]))
        targets = events[:, piece][:, 1:]
        with torch.no_grad():
            logits, state = model(tuple(part[:, piece] for part in rest), state)
        lead = targets[..., 0] == Part.LEAD
        for n, nll in enumerate(losses(logits, targets)):
            mask = lead & dynamics[:, piece][:, 1:] if n == 4 else lead
            sums[n] += float((nll * mask).sum())
            counts[n] += float(mask.sum())
    model.train()
    found = {name: float(sums[n] / max(counts[n], 1)) for n, name in enumerate(FIELDS)}
    return {**found, "note": found["shift"] + found["pitch"] + found["duration"]}


def rate(recipe: Recipe, step: int) -> float:
    """The learning rate at a step: a straight rise, then a cosine down to a fiftieth."""
    fall = 0.02 + 0.98 * (1 + math.cos(math.pi * min(1.0, step / recipe.steps))) / 2
    return recipe.rate * min(1.0, (step + 1) / recipe.warm_up) * fall


def train(train_set: list[Melody], valid_set: list[Melody], recipe: Recipe, out: Path) -> dict[str, float]:
    """Train and keep the best weights in `out`; returns the best validation. Uses the threads that torch is set to."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    model = Melodist(recipe.size, recipe.dropout)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=recipe.rate, weight_decay=recipe.weight_decay, betas=(0.9, 0.98)
    )
    log.info("%d parameters", sum(p.numel() for p in model.parameters()))
    valid = held_out(valid_set)
    best: dict[str, float] = {"note": math.inf}
    began, step, worse, passed = time.monotonic(), 0, 0, 0
    state: tuple[torch.Tensor, torch.Tensor] | None = None
    while True:
        *rest, dynamics = blocks(epoch(train_set, recipe, random), recipe.batch)
        events = rest[0]
        passed += 1
        for at in range(0, events.shape[1] - recipe.length - 1, recipe.length):
            for group in optimiser.param_groups:
                group["lr"] = rate(recipe, step)
            piece = slice(at, at + recipe.length + 1)
            targets = events[:, piece][:, 1:]
            logits, state = model(tuple(part[:, piece] for part in rest), state)
            loss = weigh(losses(logits, targets), targets, dynamics[:, piece][:, 1:])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            keep = (torch.rand(recipe.batch) >= recipe.reset).float()[None, :, None]
            state = (state[0].detach() * keep, state[1].detach() * keep)
            step += 1
            if step % recipe.validate_every == 0 or step > recipe.steps:
                found = validate(model, valid)
                minutes = (time.monotonic() - began) / 60
                figures = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
                log.info(
                    "%.1f min, epoch %d, step %d: loss %.3f, held out %s", minutes, passed, step, loss.item(), figures
                )
                worse += 1
                if found["note"] < best["note"]:
                    best, worse = {**found, "step": step, "epoch": passed}, 0
                    torch.save(
                        {"weights": model.state_dict(), "recipe": msgspec.to_builtins(recipe), "best": best},
                        out,
                    )
                if step > recipe.steps or worse >= recipe.patience:
                    return best
