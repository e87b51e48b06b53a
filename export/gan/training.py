"""Training of the groove GAN on one CPU thread: a time budget, resumable, watched on held-out drummers.

antiphon-export train --family gan --data BUNDLE --out build/groove-gan.pt
"""

import copy
import logging
import time
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from export.families.gan import Drummer, Judge, Size
from export.gan.batches import Batch, draw
from export.gan.deck import Deck
from export.gan.figures import glance
from export.gan.losses import Weights, judge_loss, made, noise, playing, rebuilding

log = logging.getLogger("export.gan")

BALANCE_EVERY = 10
"""Steps between measurements of what the game's factor is to be."""


class Recipe(msgspec.Struct, frozen=True):
    """Everything a training run depends on, beside the data."""

    size: Size = Size()
    weights: Weights = Weights()
    seed: int = 7
    batch: int = 48
    rate: float = 1.5e-3
    judge_rate: float = 2.5e-3
    warm_up: int = 60
    """Steps."""
    penalise_every: int = 4
    """Steps between the judge's penalties, which count so much more."""
    mean: float = 0.995
    """Of the drummer that is kept: a moving mean of its weights."""
    minutes: float = 4.8
    """Budget of a core's time, over all runs of it; on a machine that others use too it takes longer."""
    alone: float = 0.25
    """First part of the budget, in which the drummer only learns to play human windows again."""
    tune: float = 0.15
    """Last part of the budget, in which only the judge goes on, so that it tells what the drummer has become."""
    join: int = 150
    """Steps over which the game then comes in."""
    strongest: float = 8.0
    """Factor of the game's loss at most."""
    fall: float = 0.45
    """Part of the budget over which the drummer's rate falls to nothing."""
    watch_every: float = 1.0
    """Minutes between figures, and between writes of the run."""


class Phase(Enum):
    """What a step trains."""

    ALONE = "the drummer and its reader"
    GAME = "all"
    TUNE = "the judge"


def phase(recipe: Recipe, minutes: float) -> Phase:
    """The phase that a run is in."""
    if minutes < recipe.alone * recipe.minutes:
        return Phase.ALONE
    return Phase.GAME if minutes < (1.0 - recipe.tune) * recipe.minutes else Phase.TUNE


def pace(recipe: Recipe, step: int, minutes: float) -> float:
    """Share of the drummer's full rate: a straight rise, level, then a straight fall to a fiftieth as its part ends."""
    left = max(0.02, 1.0 - recipe.tune - minutes / recipe.minutes)
    return min(1.0, (step + 1) / recipe.warm_up) * min(1.0, left / recipe.fall)


def judge_pace(recipe: Recipe, minutes: float) -> float:
    """Share of the judge's full rate: level, then a straight fall to a fiftieth while it is tuned."""
    left = 1.0 - minutes / recipe.minutes
    return min(1.0, max(0.02, left / max(recipe.tune, 1.0e-9)))


class Run:
    """A training run that can be put down and taken up again."""

    def __init__(self, recipe: Recipe, path: Path) -> None:
        """`path` keeps the run; where the file is there already the run goes on from it."""
        torch.manual_seed(recipe.seed)
        self.recipe, self.path = recipe, path
        self.step, self.joined, self.minutes = 0, 0, 0.0
        self.figures: dict[str, float] = {}
        self.factor = 0.0
        size = recipe.size
        self.drummer, self.judge, self.reader = Drummer(size), Judge(size), Judge(size, 2 * noise(1)[0].shape[1])
        self.kept = copy.deepcopy(self.drummer)
        self._drumming = torch.optim.Adam(
            [*self.drummer.parameters(), *self.reader.parameters()], recipe.rate, betas=(0.5, 0.99)
        )
        self._judging = torch.optim.Adam(self.judge.parameters(), recipe.judge_rate, betas=(0.0, 0.99))
        if path.is_file():
            self._take_up(torch.load(path, map_location="cpu", weights_only=True))
        log.info("drummer %d parameters, judge %d", count(self.drummer), count(self.judge))

    def go(self, deck: Deck, held_out: Deck) -> dict[str, float]:
        """Train until the budget is spent, and keep the last weights; returns figures on held-out drummers."""
        recipe = self.recipe
        random = np.random.default_rng((recipe.seed, self.step))
        last, watched = time.process_time(), self.minutes
        losses: dict[str, float] = {}
        while self.minutes < recipe.minutes:
            losses |= self._step(deck, random)
            now = time.process_time()
            self.minutes += (now - last) / 60
            last = now
            if self.minutes - watched >= recipe.watch_every or self.minutes >= recipe.minutes:
                watched = self.minutes
                self.figures = losses | glance(self.kept, self.judge, held_out)
                log.info("%.1f min, step %d: %s", self.minutes, self.step,
                         ", ".join(f"{name} {value:.3f}" for name, value in self.figures.items()))  # fmt: skip
                self.save()
                last = time.process_time()
        return self.figures

    def save(self) -> None:
        """Write the run to its file, all or nothing."""
        draft = self.path.with_suffix(".new")
        nets: dict[str, torch.nn.Module] = {"drummer": self.drummer, "judge": self.judge, "reader": self.reader}
        nets["kept"] = self.kept
        torch.save(
            {
                "family": "gan",
                **{name: net.state_dict() for name, net in nets.items()},
                "optimisers": [self._drumming.state_dict(), self._judging.state_dict()],
                "recipe": msgspec.to_builtins(self.recipe),
                "step": self.step,
                "joined": self.joined,
                "factor": self.factor,
                "minutes": self.minutes,
                "figures": self.figures,
            },
            draft,
        )
        draft.replace(self.path)

    def _take_up(self, saved: dict[str, Any]) -> None:
        for name in ("drummer", "judge", "reader", "kept"):
            getattr(self, name).load_state_dict(saved[name])
        for optimiser, state in zip((self._drumming, self._judging), saved["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        self.step, self.minutes, self.factor = saved["step"], saved["minutes"], saved["factor"]
        self.joined, self.figures = saved["joined"], saved["figures"]

    def _step(self, deck: Deck, random: np.random.Generator) -> dict[str, float]:
        recipe, weights = self.recipe, self.recipe.weights
        for optimiser, rate in (
            (self._drumming, recipe.rate * pace(recipe, self.step, self.minutes)),
            (self._judging, recipe.judge_rate * judge_pace(recipe, self.minutes)),
        ):
            for group in optimiser.param_groups:
                group["lr"] = rate
        batch, now = draw(deck, recipe.batch, random), phase(recipe, self.minutes)
        self.step += 1
        if now is Phase.TUNE:
            with torch.no_grad():
                fake = made(self.kept, batch, *noise(len(batch)))
            return {"judge": self._judge(batch, fake)}
        rebuilt, nats = rebuilding(self.reader, self.drummer, batch, weights)
        found = {"rebuilt": float(rebuilt.detach()), "nats": float(nats.detach())}
        if now is Phase.ALONE:
            self._drum(rebuilt)
            return found
        fake = made(self.drummer, batch, *noise(len(batch)))
        played = playing(self.judge, batch, fake)
        if self.step % BALANCE_EVERY == 0:
            wanted = weights.game / (1.0 - weights.game) / ratio(self.drummer, played, rebuilt)
            self.factor += 0.2 * (min(wanted, recipe.strongest) - self.factor)
        self.joined += 1
        factor = self.factor * min(1.0, self.joined / recipe.join)
        self._drum(rebuilt + factor * played)
        return found | {"judge": self._judge(batch, fake.detach()), "game": float(played.detach()), "factor": factor}

    def _judge(self, batch: Batch, fake: torch.Tensor) -> float:
        """One step of the judge; its loss."""
        every = self.recipe.penalise_every
        lazily = msgspec.structs.replace(self.recipe.weights, penalty=self.recipe.weights.penalty * every)
        loss = judge_loss(self.judge, batch, fake, lazily, self.step % every == 0)
        self._judging.zero_grad(set_to_none=True)
        loss.backward()
        self._judging.step()
        return float(loss.detach())

    def _drum(self, loss: torch.Tensor) -> None:
        """One step of drummer and reader."""
        self._drumming.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.drummer.parameters(), 1.0)
        self._drumming.step()
        with torch.no_grad():
            keep = min(self.recipe.mean, (self.step + 1) / (self.step + 20))
            for old, new in zip(self.kept.parameters(), self.drummer.parameters(), strict=True):
                old.lerp_(new, 1.0 - keep)


def ratio(drummer: Drummer, game: torch.Tensor, rebuilt: torch.Tensor) -> float:
    """How long the game's slope at the drummer's last layer is, where reconstruction's is 1."""
    game_slope, slope = (
        float(torch.autograd.grad(loss, drummer.to_kit.weight, retain_graph=True)[0].norm()) for loss in (game, rebuilt)
    )
    return max(game_slope, 1.0e-9) / max(slope, 1.0e-9)


def count(net: torch.nn.Module) -> int:
    """Weights of a net."""
    return sum(weight.numel() for weight in net.parameters())
