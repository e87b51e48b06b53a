"""Training of the accompanist on one CPU thread or one CUDA GPU: a time budget, resumable, judged on held-out pieces.

antiphon-export train --family transformer --data BUNDLE --minutes 100 --out build/ensemble.pt
antiphon-export train --family transformer --data BUNDLE --preset gpu --device cuda --minutes 60 --out build/large.pt
"""

import logging
import math
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from export.data.piece import PLAYED, Column, Piece
from export.ensemble.batches import Deck, fold, row, to
from export.ensemble.chances import CHARTED, PLAIN, Chances
from export.ensemble.layout import lay_out
from export.ensemble.losses import foretell, judge, losses, weigh
from export.ensemble.muon import optimisers
from export.families.transformer import SIZES, Accompanist, Sheet, Size

log = logging.getLogger("export.ensemble")

KEEP_EVERY = 3.0
"""Minutes after which the run is written to its file."""
LONGEST_STEP = 60.0
"""Seconds that a step counts at most, so that a machine put to sleep does not use up the budget."""
HELD_OUT = 48
"""Held-out streams, spread over the sets."""


class Recipe(msgspec.Struct, frozen=True):
    """Everything a training run depends on, beside the data."""

    size: Size = Size()
    seed: int = 7
    rows: int = 6
    """Rows of a step."""
    length: int = 512
    """Events of a row, and of the window that the model attends to."""
    rate: float = 2.0e-3
    muon_rate: float = 0.02
    """0 = AdamW for all."""
    weight_decay: float = 0.05
    warm_up: int = 100
    """Steps."""
    minutes: float = 100.0
    """Budget, over all runs of it."""
    fall: float = 0.35
    """Last part of the budget, over which the rates fall to nothing."""
    validate_every: float = 10.0
    """Minutes."""


PRESETS = {
    "cpu": Recipe(),
    "gpu": Recipe(size=SIZES["gpu"], rows=48, length=1024, minutes=55.0, warm_up=300, weight_decay=0.1),
}


def held_out(pieces: list[Piece], length: int, chances: Chances) -> list[Sheet]:
    """Held-out streams, the same every time, at most HELD_OUT, in turn from the sets whose bands somebody wrote."""
    random = np.random.default_rng(99)
    by_set: dict[str, list[Piece]] = {}
    for piece in pieces:
        if len(piece.roles) > 1 and (piece.notes[:, Column.SOURCE] == PLAYED).all():
            by_set.setdefault(piece.set, []).append(piece)
    chosen: list[Piece] = []
    while len(chosen) < HELD_OUT and any(by_set.values()):
        for name in sorted(by_set):
            if by_set[name]:
                chosen.append(by_set[name].pop(0))
    return [fold([[lay_out(piece, length, random, chances)]]) for piece in chosen[:HELD_OUT]]


def pace(recipe: Recipe, step: int, minutes: float) -> float:
    """Share of the full rates: a straight rise, level, then a straight fall to nothing at the end of the budget."""
    left = max(0.0, 1.0 - minutes / recipe.minutes)
    return min(1.0, (step + 1) / recipe.warm_up) * min(1.0, left / recipe.fall)


class Run:
    """A training run that can be put down and taken up again."""

    def __init__(self, recipe: Recipe, path: Path, device: str = "cpu") -> None:
        """`path` keeps the run; where the file is there already the run goes on from it."""
        torch.manual_seed(recipe.seed)
        self.path = path
        self.device = torch.device(device)
        self.recipe = recipe
        self.step, self.minutes, self.tokens = 0, 0.0, 0
        self.best: dict[str, float] = {"note": math.inf}
        saved: dict[str, Any] | None = (
            torch.load(path, map_location="cpu", weights_only=True) if path.is_file() else None
        )
        if saved is not None:
            was = msgspec.convert(saved["recipe"], Recipe)
            self.recipe = msgspec.structs.replace(recipe, size=was.size)
        self.model = Accompanist(self.recipe.size)
        if saved is not None:
            self.model.load_state_dict(saved["weights"])
        self.model.to(self.device)
        self.optimisers = optimisers(self.model, recipe.rate, recipe.muon_rate, recipe.weight_decay)
        if saved is not None:
            self.step, self.minutes, self.tokens = saved["step"], saved["minutes"], saved["tokens"]
            self.best = saved["best"]
            for optimiser, state in zip(self.optimisers, saved.get("optimisers", ()), strict=False):
                optimiser.load_state_dict(state)
        self._rates = [[group["lr"] for group in optimiser.param_groups] for optimiser in self.optimisers]
        if saved is not None:
            self._rates = [[recipe.rate] * len(self.optimisers[0].param_groups)]
            self._rates += [[recipe.muon_rate]] if len(self.optimisers) > 1 else []
        log.info("%.2f M parameters, %s", sum(weight.numel() for weight in self.model.parameters()) / 1e6, self.device)

    def go(self, train: list[Piece], valid: list[Piece]) -> dict[str, float]:
        """Train until the budget is spent, and keep the last weights; returns their figures on held-out pieces."""
        recipe = self.recipe
        deck = Deck(train)
        random = np.random.default_rng((recipe.seed, self.step))
        plain, charted = (
            [to(sheet, self.device) for sheet in held_out(valid, recipe.length, chances)]
            for chances in (PLAIN, CHARTED)
        )
        began = last = time.monotonic()
        judged, shown, mean, first = self.minutes, time.monotonic(), 0.0, self.step
        tokens_before, kept = self.tokens, self.minutes
        while self.minutes < recipe.minutes:
            batch = to(fold([row(deck, recipe.length, random) for _ in range(recipe.rows)]), self.device)
            loss = self._step(batch)
            mean += (loss - mean) * max(0.02, 1 / (self.step - first))
            now = time.monotonic()
            self.minutes += min(now - last, LONGEST_STEP) / 60
            last = now
            if time.monotonic() - shown > 60:
                shown = time.monotonic()
                speed = (self.tokens - tokens_before) / (time.monotonic() - began)
                log.info("%.1f min, step %d, %.2f M events, %.0f a second: loss %.4f", self.minutes, self.step,
                         self.tokens / 1e6, speed, mean)  # fmt: skip
            if self.minutes - judged >= recipe.validate_every or self.minutes >= recipe.minutes:
                judged = self.minutes
                found = {**judge(self.model, plain, True), "charted": judge(self.model, charted, True)["note"]}
                log.info("%.1f min, step %d, held out: %s", self.minutes, self.step,
                         ", ".join(f"{name} {value:.3f}" for name, value in found.items()))  # fmt: skip
                self.best = {**found, "step": self.step, "minutes": self.minutes}
                self.save()
            elif self.minutes - kept >= KEEP_EVERY:
                self.save()
            kept = self.minutes if self.minutes - kept >= KEEP_EVERY else kept
        return self.best

    def save(self) -> None:
        """Write the run to its file, all or nothing."""
        draft = self.path.with_suffix(".new")
        torch.save(
            {
                "family": "transformer",
                "weights": self.model.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
                "recipe": msgspec.to_builtins(self.recipe),
                "step": self.step,
                "minutes": self.minutes,
                "tokens": self.tokens,
                "best": self.best,
            },
            draft,
        )
        draft.replace(self.path)

    def _step(self, batch: Sheet) -> float:
        share = pace(self.recipe, self.step, self.minutes)
        for optimiser, rates in zip(self.optimisers, self._rates, strict=True):
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * share
        with torch.autocast(self.device.type, torch.bfloat16):
            logits, then, _ = foretell(self.model, batch)
            loss = weigh(losses(logits, then.events), then)
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        self.tokens += batch.events.shape[0] * batch.events.shape[1]
        return float(loss.item())
