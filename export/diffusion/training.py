"""Training of the denoiser on one CPU thread: a time budget, resumable, judged on held-out windows.

antiphon-export train --family diffusion --data BUNDLE --minutes 20 --out build/diffusion.pt
"""

import logging
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from export.diffusion.batches import Batch, batch
from export.diffusion.dataset import Shelf
from export.diffusion.losses import foretell, losses
from export.ensemble.muon import optimisers
from export.families.diffusion import Denoiser, Size

log = logging.getLogger("export.diffusion")

HELD_OUT = 192
"""Held-out windows that are judged by."""
LEVELS = (0.3, 0.6, 0.8, 0.9, 1.0)
"""Noise levels that are judged by."""
CLEANEST = 0.02
LEAN = 1.4
"""How much training leans to the noisy end, where the music is decided: level 1 - u to this power."""


class Recipe(msgspec.Struct, frozen=True):
    """Everything a training run depends on, beside the data."""

    size: Size = Size()
    seed: int = 7
    rows: int = 96
    """Windows of a step."""
    rate: float = 2.0e-3
    muon_rate: float = 0.02
    weight_decay: float = 0.02
    warm_up: int = 50
    """Steps."""
    minutes: float = 20.0
    """Budget of a core's time, over all runs of it; on a machine that others use too it takes longer."""
    fall: float = 0.5
    """Last part of the budget, over which the rates fall to nothing."""
    twice: float = 0.5
    """Share of the steps in which the denoiser is told its own first guess."""
    validate_every: float = 3.0
    """Minutes."""


def held_out(shelf: Shelf, most: int = HELD_OUT, seed: int = 99) -> Batch:
    """Held-out windows with their tasks, the same every time."""
    random = np.random.default_rng(seed)
    indices = random.choice(len(shelf), min(most, len(shelf)), replace=len(shelf) < most, p=shelf.chances)
    return batch(shelf, indices, random)


def level_noise(shape: tuple[int, ...], seed: int) -> Tensor:
    """Noise that is the same every time."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()  # type: ignore[untyped-decorator]
def judge(model: Denoiser, known: Batch) -> dict[str, float]:
    """Nats a cell to be made, at each noise level, and their mean; the denoiser told its own first guess."""
    model.eval()
    noise = level_noise(tuple(known.clean.shape), 5)
    cells = known.made.sum().clamp(min=1)
    found = {}
    for level in LEVELS:
        logits = foretell(model, known, torch.full((len(noise),), level), noise, twice=True)
        found[f"at {level:g}"] = float(losses(logits, known).sum() / cells)
    model.train()
    return {"cell": sum(found.values()) / len(found), **found}


class Run:
    """A training run that can be put down and taken up again."""

    def __init__(self, recipe: Recipe, path: Path) -> None:
        """`path` keeps the run; where the file is there already the run goes on from it."""
        torch.manual_seed(recipe.seed)
        self.path, self.recipe = path, recipe
        self.step, self.minutes = 0, 0.0
        self.best: dict[str, float] = {}
        self.goes = [recipe.minutes]
        saved: dict[str, Any] | None = torch.load(path, weights_only=True) if path.is_file() else None
        if saved is not None:
            self.recipe = msgspec.structs.replace(recipe, size=msgspec.convert(saved["recipe"], Recipe).size)
        self.model = Denoiser(self.recipe.size)
        self.optimisers = optimisers(self.model, recipe.rate, recipe.muon_rate, recipe.weight_decay)
        if saved is not None:
            self.model.load_state_dict(saved["weights"])
            self.step, self.minutes, self.best = saved["step"], saved["minutes"], saved["best"]
            self.goes = goes(saved)
            if recipe.minutes != self.goes[-1]:
                self.goes.append(recipe.minutes)
            for optimiser, state in zip(self.optimisers, saved["optimisers"], strict=True):
                optimiser.load_state_dict(state)
        log.info("%.2f M parameters", sum(weight.numel() for weight in self.model.parameters()) / 1e6)

    def go(self, train: Shelf, valid: Shelf) -> dict[str, float]:
        """Train until the budget is spent, and keep the last weights; returns their figures on held-out windows."""
        recipe = self.recipe
        random = np.random.default_rng((recipe.seed, self.step))
        known = held_out(valid)
        chances = np.cumsum(train.chances)
        last, shown, judged, mean = time.process_time(), time.monotonic(), self.minutes, 0.0
        while self.minutes < recipe.minutes:
            drawn = np.searchsorted(chances, random.random(recipe.rows) * chances[-1]).clip(max=len(train) - 1)
            loss = self._step(batch(train, drawn, random), random)
            mean = loss if mean == 0.0 else mean + 0.02 * (loss - mean)
            now = time.process_time()
            self.minutes += (now - last) / 60
            last = now
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                log.info("%.1f min, step %d: loss %.4f", self.minutes, self.step, mean)
            if self.minutes - judged >= recipe.validate_every or self.minutes >= recipe.minutes:
                judged = self.minutes
                self.best = judge(self.model, known)
                log.info("%.1f min, step %d, held out: %s", self.minutes, self.step,
                         ", ".join(f"{name} {value:.3f}" for name, value in self.best.items()))  # fmt: skip
                self.save()
                last = time.process_time()
        return self.best

    def save(self) -> None:
        """Write the run to its file, all or nothing."""
        draft = self.path.with_suffix(".new")
        torch.save(
            {
                "family": "diffusion",
                "weights": self.model.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
                "recipe": msgspec.to_builtins(self.recipe),
                "step": self.step,
                "minutes": self.minutes,
                "best": self.best,
                "goes": self.goes,
            },
            draft,
        )
        draft.replace(self.path)

    def _step(self, rows: Batch, random: np.random.Generator) -> float:
        share = pace(self.recipe, self.step, self.minutes)
        for optimiser, rate in zip(self.optimisers, (self.recipe.rate, self.recipe.muon_rate), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * share
        level = torch.from_numpy(levels(random, len(rows.clean)))
        twice = random.random() < self.recipe.twice
        with torch.autocast("cpu", torch.bfloat16):
            logits = foretell(self.model, rows, level, torch.randn_like(rows.clean), twice)
        loss = losses(logits, rows).sum() / rows.made.sum().clamp(min=1)
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        return float(loss.item())


def goes(saved: dict[str, Any]) -> list[float]:
    """Budgets in minutes with which a run was begun and taken up again: the rates fell to nothing at each one's end."""
    found: list[float] = saved.get("goes") or [saved["recipe"]["minutes"]]
    return list(found)


def pace(recipe: Recipe, step: int, minutes: float) -> float:
    """Share of the full rates: a straight rise, level, then a straight fall to nothing at the end of the budget."""
    left = max(0.0, 1.0 - minutes / recipe.minutes)
    return min(1.0, (step + 1) / recipe.warm_up) * min(1.0, left / recipe.fall)


def levels(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Noise levels [count] of a batch, spread evenly over what they may be; one in sixteen is pure noise."""
    even = (np.arange(count) + random.random()) / count
    found = np.maximum(1.0 - even**LEAN, CLEANEST)
    found[random.random(count) < 1 / 16] = 1.0
    mixed: NDArray[np.float32] = random.permutation(found).astype(np.float32)
    return mixed
