"""Tuning a pack to a person's own music: a short training of the weights that the pack plays with, on a CPU.

Some of the tunes are held out. Now and then they are judged, the best weights so far are kept, and training ends early
where they have not become better for a while. A pack that does not foretell them better than before is not written.
"""

import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import torch

from bridge.errors import DataError
from export.data.dice import dice
from export.data.piece import Column, Piece, Role
from export.ensemble.batches import Deck, fold, row
from export.ensemble.chances import CHARTED, PLAIN
from export.ensemble.layout import lay_out
from export.ensemble.losses import foretell, judge, losses, weigh
from export.families.transformer import Accompanist, Sheet

FEWEST = 16
"""Notes of a tune from which on it says something."""


class Recipe(msgspec.Struct, frozen=True):
    """How a pack is tuned."""

    minutes: float = 6.0
    """Budget."""
    rate: float = 3.0e-4
    rows: int = 2
    length: int = 384
    """Events of a row."""
    warm_up: int = 8
    """Steps."""
    judge_every: float = 0.5
    """Minutes."""
    patience: int = 4
    """Judgements without any gain after which it ends."""
    share: float = 0.2
    """Of the tunes, held out."""
    most: int = 12
    """Held-out tunes that are judged at most."""
    seed: int = 7


class Tuned(msgspec.Struct, frozen=True):
    """What a tuning came to: nats a band note on the held-out tunes, before and after."""

    before: float
    after: float
    steps: int
    minutes: float
    trained: int
    held: int

    @property
    def better(self) -> bool:
        """Whether the tuned model foretells the held-out tunes better."""
        return self.after < self.before


def deal(pieces: Sequence[Piece], share: float) -> tuple[list[Piece], list[Piece]]:
    """Tunes to train on and tunes held out, no tune in both, the same every time.

    Raises DataError where there are too few.
    """
    useful = [piece for piece in pieces if len(piece.notes) >= FEWEST and len(piece.roles) > 1]
    clusters = sorted({piece.cluster for piece in useful}, key=lambda cluster: dice(cluster, "tune"))
    if len(clusters) < 2:
        raise DataError(
            f"{len(clusters)} tunes for at least two voices are too few to tune with: one is held out to see whether "
            "the pack became better; give two or more"
        )
    held = set(clusters[: max(1, round(share * len(clusters)))])
    return [p for p in useful if p.cluster not in held], [p for p in useful if p.cluster in held]


def sheets(pieces: Sequence[Piece], length: int, most: int) -> list[Sheet]:
    """Held-out tunes as streams, with chords told and without: the player plays the lead, or what there is."""
    random = np.random.default_rng(99)
    chosen = list(pieces)[:most]
    return [fold([[lay_out(piece, length, random, how)]]) for piece in chosen for how in (PLAIN, CHARTED)]


def tune(
    model: Accompanist, pieces: Sequence[Piece], recipe: Recipe, step: Callable[[float, float], None]
) -> tuple[Accompanist, Tuned]:
    """Train the model in place and return it with the weights that did best; `step` hears of the share of the budget
    that is used and of the newest judgement. Raises DataError.
    """
    torch.manual_seed(recipe.seed)
    train, held = deal(pieces, recipe.share)
    judged = sheets(held, recipe.length, recipe.most)
    random = np.random.default_rng(recipe.seed)
    deck = Deck(train)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0)
    before = newest = best = judge(model, judged)["note"]
    kept = _copy(model)
    began = looked = time.monotonic()
    steps = waited = 0
    budget = recipe.minutes * 60
    while (used := time.monotonic() - began) < budget and waited < recipe.patience:
        share = min(1.0, (steps + 1) / recipe.warm_up) * (1.0 - used / budget)
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * share
        sheet = fold([row(deck, recipe.length, random) for _ in range(recipe.rows)])
        with torch.autocast("cpu", torch.bfloat16):
            logits, then, _ = foretell(model, sheet)
            loss = weigh(losses(logits, then.events), then)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        steps += 1
        if time.monotonic() - looked >= recipe.judge_every * 60 or time.monotonic() - began >= budget:
            newest = judge(model, judged)["note"]
            waited = 0 if newest < best else waited + 1
            if newest < best:
                best, kept = newest, _copy(model)
            looked = time.monotonic()
        step(min(1.0, (time.monotonic() - began) / budget), newest)
    model.load_state_dict(kept)
    minutes = (time.monotonic() - began) / 60
    return model.eval(), Tuned(before, best, steps, minutes, len(train), len(held))


def _copy(model: Accompanist) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in model.state_dict().items()}


def voices(pieces: Sequence[Piece]) -> dict[str, int]:
    """How many notes each voice has."""
    notes = np.concatenate([piece.notes[:, Column.ROLE] for piece in pieces])
    return {role.name.lower(): int((notes == role).sum()) for role in Role}
