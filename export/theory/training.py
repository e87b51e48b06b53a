"""Training of the music-theory VAE on one CPU thread: a time budget, resumable, judged on held-out phrases.

antiphon-export train --family theory-vae --data BUNDLE --out build/theory-vae.pt
"""

import logging
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from bridge.engine.theory_layout import BAR, LEAD, STATES
from bridge.errors import PackError
from export.ensemble.muon import Muon
from export.families.theory_vae import TheoryVae
from export.theory.attributes import repetition
from export.theory.blocks import Size
from export.theory.losses import (
    FREE,
    apart,
    by_rote,
    covariance,
    divergence,
    drawn,
    formed,
    likely,
    marked,
    obeyed,
    reconstruction,
    symbol_miss,
    unused,
)
from export.theory.phrases import Batch, Shelf

log = logging.getLogger("export.theory")

KEEP_EVERY = 2.0
"""Minutes after which the run is written to its file."""
HIDDEN = 0.12
"""Chance that the encoder is not shown a voice, and must tell it from the others."""
UNSEEN = 0.1
"""What pitches count that the encoder is not shown."""
ALONE = 0.12
"""Chance that it is shown the lead alone."""
QUIETEST = 0.2
"""Noise, beside 1, in what categories are drawn at the beginning."""
TOLD = 0.5
"""Chance that the encoder is told the chords."""
SURE_OF_IT = 4.0
"""Logit by which a new entry of the dictionary is what it is."""
DESIGN = 3
"""Of what a run's file holds. A run of another one cannot be gone on with."""
EXTRA = ("apart", "marked", "formed", "covariance", "unused", "dictionary")
"""Terms that a recipe weighs one by one."""
GAUSSIANS = ("pitch", "rhythm", "harmony", "structure", "marks")


class Recipe(msgspec.Struct, frozen=True):
    """Everything a training run depends on, beside the data."""

    size: Size = Size()
    seed: int = 7
    rows: int = 48
    rate: float = 3.0e-3
    """Of AdamW, for tables, last layers and vectors."""
    muon_rate: float = 0.025
    """Of Muon, for the matrices of readers and writers."""
    weight_decay: float = 0.01
    warm_up: int = 50
    minutes: float = 10.0
    fall: float = 0.4
    """Last part of the budget, over which the rate falls to nothing."""
    beta: float = 0.03
    """Weight of the divergence from the priors; it rises from nothing over the first `rise` of the budget."""
    rise: float = 0.3
    apart: float = 1.5
    marked: float = 0.5
    formed: float = 1.0
    covariance: float = 0.02
    lead: float = 1.5
    chords: float = 1.0
    """What the melody's pitches and the chords' count, beside 1 for all else."""
    obeyed: float = 0.3
    """And the chords' pitches under chords of another phrase."""
    symbols: float = 4.0
    unused: float = 0.3
    dictionary: float = 0.01


def scale(model: TheoryVae, shelf: Shelf, seed: int, count: int = 4096) -> None:
    """Set the units in which the designated dimensions count, from phrases of the training split."""
    random = np.random.default_rng(seed)
    count = min(count, 16 * len(shelf))
    batch = shelf.batch(random.choice(len(shelf), count, p=shelf.weight))
    found = likely(batch).numpy()
    again = repetition(batch.states, batch.lead, batch.chords, batch.bass, batch.bar)
    model.again.copy_(torch.stack([again.mean(), again.std().clamp(min=1e-3)]))
    middle, unit = np.nanmean(found, 0), np.maximum(np.nanstd(found, 0), 1e-3)
    low, high = np.nanpercentile((found - middle) / unit, [1.0, 99.0], axis=0)
    _know_rhythms(model, batch)
    model.find_axes(batch)
    for name, values in (("middle", middle), ("unit", unit), ("lowest", low), ("highest", high)):
        getattr(model, name).copy_(torch.from_numpy(values))


def _know_rhythms(model: TheoryVae, batch: Batch) -> None:
    """Begin the dictionary with the commonest bars of every voice."""
    for voice in range(model.dictionary.shape[0]):
        bars = batch.states[batch.known[:, voice] > 0, voice].reshape(-1, BAR)
        found, counts = torch.unique(bars, dim=0, return_counts=True)
        common = found[counts.argsort(descending=True)[: model.size.patterns]]
        with torch.no_grad():
            model.dictionary[voice, : len(common)] = one_hot(common, STATES) * SURE_OF_IT - 1.0


def hide(batch: Batch) -> Batch:
    """A batch of which the encoder is not shown everything; at least one voice of each phrase stays."""
    shown = (torch.rand(batch.known.shape) > HIDDEN).float() * batch.known
    shown[torch.rand(len(batch)) < ALONE, LEAD + 1 :] = 0.0
    none = shown.sum(-1, keepdim=True) == 0
    shown = torch.where(none, batch.known, shown)
    told = (torch.rand(len(batch), 1) < TOLD).to(batch.symbols.dtype)
    return msgspec.structs.replace(batch, known=shown, symbols=batch.symbols * told)


def losses(model: TheoryVae, batch: Batch, recipe: Recipe, risen: float = 1.0) -> dict[str, Tensor]:
    """Every term, and their weighted sum as "total". `risen` (0 to 1) is how far the divergence counts yet, and how
    much noise there is in what categories are drawn."""
    with torch.autocast("cpu", torch.bfloat16):
        noise = max(risen, QUIETEST)
        shown = hide(batch)
        posterior = model.encode(shown)
        latents = drawn(posterior, noise)
        goal = (likely(batch) - model.middle) / model.unit
        # What a voice is like that is not shown can but be guessed: no decoder is to learn from bad guesses.
        near = latents.marks - posterior.mean["marks"]
        latents = latents._replace(marks=torch.where(torch.isnan(goal), latents.marks, goal.nan_to_num() + near))
        heard = shown.known.clamp(min=UNSEEN)
        found = reconstruction(model, latents, batch, heard)
        half = len(batch) // 2
        rows = torch.arange(half)
        few = type(latents)(*(part[:half] for part in latents))
        found["apart"] = apart(model, few, batch.take(rows), goal[:half])
        rows = rows[: max(half // 2, 2)]
        few = type(latents)(*(part[: len(rows)].detach() for part in latents))
        found["obeyed"] = obeyed(model, few, batch.take(rows), heard[rows])
    away = divergence(model, posterior, latents, batch)
    kept = [away[name].mean(0).clamp(min=FREE).sum() for name in GAUSSIANS]
    kept += [away[name].sum(-1).mean() for name in ("degree", "pattern", "chord", "ground")]
    found["divergence"] = torch.stack(kept).sum()
    found["symbols"] = symbol_miss(posterior, batch.symbols)
    found["marked"] = marked(model, posterior, goal, batch)
    found["formed"] = formed(model, latents, batch)
    found["covariance"] = covariance(posterior, goal)
    found["unused"] = unused(posterior)
    found["dictionary"] = by_rote(model, posterior, batch)
    parts = found["rhythm"] + recipe.lead * found["lead"] + recipe.chords * found["chords"] + found["bass"]
    parts = parts + recipe.obeyed * found["obeyed"]
    extra = sum(getattr(recipe, name) * found[name] for name in EXTRA)
    found["total"] = (
        parts + recipe.beta * risen * found["divergence"] + recipe.symbols * found["symbols"]
    ) / 32 + extra
    return found


def optimisers(model: TheoryVae, recipe: Recipe) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    """AdamW and Muon; Muon has what maps one hidden layer to another."""
    inside = [
        weight
        for name, weight in model.named_parameters()
        if name.startswith(("read_", "write_")) and weight.dim() == 2 and "place" not in name and "outputs" not in name
    ]
    chosen = {id(weight) for weight in inside}
    rest = [weight for weight in model.parameters() if id(weight) not in chosen]
    adam = torch.optim.AdamW(rest, recipe.rate, (0.9, 0.98), weight_decay=0.0)
    return adam, Muon(inside, lr=recipe.muon_rate, weight_decay=recipe.weight_decay)


class Run:
    """A training run that can be put down and taken up again. Its minutes are those of the processor."""

    def __init__(self, recipe: Recipe, path: Path) -> None:
        """`path` keeps the run; where the file is there already the run goes on from it. Raises PackError where that
        holds a run of another design."""
        torch.manual_seed(recipe.seed)
        self.path, self.recipe = path, recipe
        self.step, self.minutes = 0, 0.0
        saved: dict[str, Any] | None = torch.load(path, weights_only=True) if path.is_file() else None
        if saved is not None:
            if saved.get("design") != DESIGN:
                raise PackError(f"{path} holds a run of another design; train into another file")
            self.step, self.minutes = saved["step"], saved["minutes"]
            size = msgspec.convert(saved["recipe"], Recipe).size
            self.recipe = msgspec.structs.replace(recipe, size=size)
        self.model = TheoryVae(self.recipe.size)
        self.optimisers = optimisers(self.model, self.recipe)
        if saved is not None:
            self.model.load_state_dict(saved["weights"])
            for optimiser, state in zip(self.optimisers, saved["optimisers"], strict=True):
                optimiser.load_state_dict(state)
            torch.manual_seed(recipe.seed + self.step)
        log.info("%.2f M parameters", sum(weight.numel() for weight in self.model.parameters()) / 1e6)

    def go(self, shelf: Shelf) -> dict[str, float]:
        """Train until the budget is spent, and keep the last weights; returns the last mean of every term."""
        recipe, random = self.recipe, np.random.default_rng((self.recipe.seed, self.step))
        if self.step == 0:
            scale(self.model, shelf, recipe.seed)
        means: dict[str, float] = {}
        last, shown = time.process_time(), time.monotonic()
        kept = self.minutes
        while self.minutes < recipe.minutes:
            found = self._step(shelf.batch(random.choice(len(shelf), recipe.rows, p=shelf.weight)))
            for name, value in found.items():
                means[name] = means.get(name, value) * 0.98 + value * 0.02
            now = time.process_time()
            self.minutes += (now - last) / 60
            last = now
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                log.info("%.1f min, step %d: %s", self.minutes, self.step,
                         ", ".join(f"{name} {value:.2f}" for name, value in means.items()))  # fmt: skip
            if self.minutes - kept >= KEEP_EVERY:
                kept = self.minutes
                self.save(means)
        self.save(means)
        return means

    def save(self, means: dict[str, float]) -> None:
        """Write the run to its file, all or nothing."""
        draft = self.path.with_suffix(".new")
        torch.save(
            {
                "family": "theory-vae",
                "design": DESIGN,
                "weights": self.model.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
                "recipe": msgspec.to_builtins(self.recipe),
                "step": self.step,
                "minutes": self.minutes,
                "means": means,
            },
            draft,
        )
        draft.replace(self.path)

    def _step(self, batch: Batch) -> dict[str, float]:
        recipe = self.recipe
        left = max(0.0, 1.0 - self.minutes / recipe.minutes)
        share = min(1.0, (self.step + 1) / recipe.warm_up) * min(1.0, left / recipe.fall)
        for optimiser, rate in zip(self.optimisers, (recipe.rate, recipe.muon_rate), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * share
        found = losses(self.model, batch, recipe, min(1.0, self.minutes / recipe.minutes / recipe.rise))
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        found["total"].backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        return {name: float(value.detach()) for name, value in found.items()}
