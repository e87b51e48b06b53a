"""Training of the conditional VAE on one CPU thread: a time budget, resumable, judged on held-out windows.

antiphon-export train --family cvae --data BUNDLE --minutes 58 --out build/cvae.pt
"""

import logging
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bridge.engine import cvae_controls as told
from bridge.engine.window import PER_BEAT
from export.cvae.batches import Batch, Deck, batch
from export.cvae.examples import Examples
from export.cvae.losses import (
    Adversary,
    Backwards,
    Brightness,
    Ear,
    divergence,
    gaussian,
    heard,
    notes,
    soft_arousal,
    soft_rolls,
)
from export.families.cvae import Conditional, Size

log = logging.getLogger("export.cvae")

KEEP_EVERY = 2.0
"""Minutes after which the run is written to its file."""
LONGEST_STEP = 60.0
WEIGHTS = {"lead": 1.5, "bass": 1.2, "chords": 0.6, "drums": 1.5}
"""What a nat of each voice counts: the chords have by far the most of them."""
JUDGED = 512
"""Held-out windows that are judged while training."""


class Recipe(msgspec.Struct, frozen=True):
    """Everything a training run depends on, beside the data."""

    size: Size = Size()
    seed: int = 7
    pairs: int = 12
    """Pairs of windows of a step."""
    rate: float = 2.0e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    """Steps."""
    minutes: float = 58.0
    """Budget, over all runs of it."""
    fall: float = 0.45
    """Last part of the budget, over which the rate falls to nothing."""
    divergence: float = 0.25
    """Weight of a nat between posterior and prior, reached at `rise`."""
    rise: float = 0.6
    """Part of the budget over which it grows from a twentieth."""
    free: float = 0.1
    """Nats that each number of z may differ from its prior for nothing."""
    touch: float = 8.0
    adversary: float = 1.0
    """Weight of what z must not tell."""
    wishes: float = 6.0
    """Weight of wishes come true."""
    judged: int = 8
    """Windows of a step whose wishes are exchanged."""
    validate_every: float = 3.0
    """Minutes."""


def pace(recipe: Recipe, step: int, minutes: float) -> float:
    """Share of the full rate: a straight rise, level, then a straight fall to nothing at the end of the budget."""
    left = max(0.0, 1.0 - minutes / recipe.minutes)
    return min(1.0, (step + 1) / recipe.warm_up) * min(1.0, left / recipe.fall)


class Run:
    """A training run that can be put down and taken up again."""

    def __init__(self, recipe: Recipe, path: Path) -> None:
        """`path` keeps the run; where the file is there already the run goes on from it."""
        torch.manual_seed(recipe.seed)
        self.path, self.recipe = path, recipe
        self.step, self.minutes, self.windows = 0, 0.0, 0
        self.found: dict[str, float] = {}
        saved: dict[str, Any] | None = (
            torch.load(path, map_location="cpu", weights_only=True) if path.is_file() else None
        )
        if saved is not None:
            was = msgspec.convert(saved["recipe"], Recipe)
            self.recipe = recipe = msgspec.structs.replace(recipe, size=was.size)
        self.model = Conditional(recipe.size)
        self.adversary, self.ear = Adversary(recipe.size.latent), Ear()
        self.brightness = Brightness()
        parts = (self.model, self.adversary, self.ear)
        matrices = [weight for part in parts for weight in part.parameters() if weight.dim() > 1]
        vectors = [weight for part in parts for weight in part.parameters() if weight.dim() < 2]
        groups = [
            {"params": matrices, "weight_decay": recipe.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), fused=True)
        if saved is not None:
            self.model.load_state_dict(saved["weights"])
            self.adversary.load_state_dict(saved["adversary"])
            self.ear.load_state_dict(saved["ear"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.step, self.minutes, self.windows = saved["step"], saved["minutes"], saved["windows"]
            self.found = saved["found"]
        log.info("%.2f M parameters", sum(weight.numel() for weight in self.model.parameters()) / 1e6)

    def go(self, train: Examples, valid: Examples) -> dict[str, float]:
        """Train until the budget is spent, and keep the last weights; returns their figures on held-out windows."""
        recipe = self.recipe
        deck = Deck(train, recipe.seed + self.step)
        began = last = shown = time.monotonic()
        judged = kept = self.minutes
        first = self.windows
        means: dict[str, float] = {}
        while self.minutes < recipe.minutes:
            for name, value in self._step(deck.draw(recipe.pairs)).items():
                means[name] = means.get(name, value) * 0.98 + value * 0.02
            now = time.monotonic()
            self.minutes += min(now - last, LONGEST_STEP) / 60
            last = now
            if now - shown > 20:
                shown = now
                log.info("%.1f min, step %d, %.0f a second: %s", self.minutes, self.step,
                         (self.windows - first) / (now - began),
                         ", ".join(f"{name} {value:.2f}" for name, value in means.items()))  # fmt: skip
            if self.minutes - judged >= recipe.validate_every or self.minutes >= recipe.minutes:
                judged = self.minutes
                self.found = judge(self.model, valid)
                log.info("%.1f min, held out: %s", self.minutes,
                         ", ".join(f"{name} {value:.2f}" for name, value in self.found.items()))  # fmt: skip
            if self.minutes - kept >= KEEP_EVERY:
                kept = self.minutes
                self.save()
        self.save()
        return self.found

    def save(self) -> None:
        """Write the run to its file, all or nothing."""
        draft = self.path.with_suffix(".new")
        state = {
            "family": "cvae", "weights": self.model.state_dict(), "adversary": self.adversary.state_dict(),
            "ear": self.ear.state_dict(), "optimiser": self.optimiser.state_dict(),
            "recipe": msgspec.to_builtins(self.recipe), "step": self.step, "minutes": self.minutes,
            "windows": self.windows, "found": self.found,
        }  # fmt: skip
        torch.save(state, draft)
        draft.replace(self.path)

    def _step(self, batch: Batch) -> dict[str, float]:
        recipe = self.recipe
        share = pace(recipe, self.step, self.minutes)
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.rate * share
        grown = min(1.0, 0.05 + 0.95 * (self.minutes / (recipe.minutes * recipe.rise)) ** 2)
        with torch.autocast("cpu", torch.bfloat16):
            loss, told_of = self._loss(batch, grown)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 20.0)
        self.optimiser.step()
        self.step += 1
        self.windows += len(batch.x)
        return {name: float(value.detach()) for name, value in told_of.items()}

    def _loss(self, batch: Batch, grown: float) -> tuple[Tensor, dict[str, Tensor]]:
        recipe, model = self.recipe, self.model
        mean, spread = (part.float() for part in model.encode(batch.x, batch.wish, batch.beats))
        z = mean + spread.exp() * torch.randn_like(mean)
        h = model.context(batch.x, batch.known, batch.wish, batch.beats, before(z.detach(), batch))
        nats = divergence((mean, spread), tuple(part.float() for part in model.prior(h, z)))
        given = model.decode(h, z, batch.wish, batch.beats).float()
        lost = notes(given, batch)
        kept = nats.mean(0).clamp(min=recipe.free).sum()
        guess = self.adversary(Backwards.apply(z)).float()
        betrayed = tells(guess, batch)
        styled = batch.style >= 0
        ear = functional.cross_entropy(self.ear(batch.x).float()[styled], batch.style[styled])
        wishes = self._wishes(z, batch)
        loss = sum(WEIGHTS.get(name, recipe.touch) * value.mean() for name, value in lost.items())
        loss = loss + recipe.divergence * grown * kept + recipe.adversary * grown * betrayed + ear
        loss = loss + recipe.wishes * grown * sum(wishes.values())
        told_of = {name: value.mean() for name, value in lost.items()}
        return loss, {**told_of, "kl": nats.sum(1).mean(), "betrayed": betrayed, "ear": ear, **wishes}

    def _wishes(self, z: Tensor, batch: Batch) -> dict[str, Tensor]:
        """How far windows that keep their z and take another's style, arousal and brightness are from these."""
        pick = torch.randperm(len(z))[: self.recipe.judged]
        wish = torch.zeros_like(batch.full[pick])
        mine, other = batch.full[pick], batch.full[pick.roll(1)]
        wish[:, told.PLAYING], wish[:, told.BAR] = mine[:, told.PLAYING], mine[:, told.BAR]
        taken = slice(told.STYLE.start, told.BRIGHTNESS_KNOWN + 1)
        wish[:, taken] = other[:, taken]
        if self.step % 2:
            wish[:, : told.SCALE_KNOWN + 1] = mine[:, : told.SCALE_KNOWN + 1]
        beats = batch.beats[pick].clone()
        beats[..., told.CHORD] = 0.0
        none = torch.zeros_like(batch.known[pick])
        empty = torch.zeros(len(pick), z.shape[1] + 1)
        h = self.model.context(batch.x[pick], none, wish, beats, empty)
        x = soft_rolls(self.model.decode(h, z[pick].detach(), wish, beats).float())
        playing = batch.playing[pick]
        inside = beats[..., told.INSIDE].repeat_interleave(PER_BEAT, 1)
        pitched = (playing[:, :3].sum(1) > 0).float()
        arousal = soft_arousal(x, playing, inside)
        brightness = self.brightness(x, playing, inside)
        style = batch.style[pick.roll(1)]
        shown = heard(x, playing)
        logits = frozen(self.ear, shown).float()
        styled = style >= 0
        return {
            "arousal": gaussian(arousal, wish[:, told.AROUSAL], wish[:, told.AROUSAL_KNOWN] * pitched),
            "brightness": gaussian(brightness, wish[:, told.BRIGHTNESS], wish[:, told.BRIGHTNESS_KNOWN] * pitched),
            "style": 0.3 * functional.cross_entropy(logits[styled], style[styled])
            if styled.any()
            else logits.sum() * 0,
        }


def frozen(ear: Ear, x: Tensor) -> Tensor:
    """What an ear hears, without teaching it."""
    weights = {name: weight.detach() for name, weight in ear.named_parameters()}
    found: Tensor = torch.func.functional_call(ear, weights, (x,))
    return found


def before(z: Tensor, batch: Batch) -> Tensor:
    """z [B, Z + 1] of the window before each, a 1 behind it; 0 for the first half and where nothing went before."""
    half = len(batch.follows)
    told_of = batch.follows.float() * (torch.rand(half) > 0.15)
    later = torch.cat([z[:half], torch.ones(half, 1)], 1) * told_of[:, None]
    return torch.cat([torch.zeros(len(z) - half, z.shape[1] + 1), later])


def tells(guess: Tensor, batch: Batch) -> Tensor:
    """How well style, arousal and brightness are told from z: a loss."""
    styled = batch.style >= 0
    style = functional.cross_entropy(guess[styled][:, :-2], batch.style[styled])
    moods = [
        gaussian(guess[:, column], batch.full[:, place], batch.full[:, place + 1])
        for column, place in ((-2, told.AROUSAL), (-1, told.BRIGHTNESS))
    ]
    return style + sum(moods)


@torch.no_grad()  # type: ignore[untyped-decorator]
def judge(model: Conditional, valid: Examples) -> dict[str, float]:
    """Nats a held-out window, by voice, when the model has read it, and the nats that reading it takes."""
    random = np.random.default_rng(5)
    index = random.choice(len(valid.lead), min(JUDGED, len(valid.lead)), replace=False, p=valid.chance)
    every = batch(valid, index, np.zeros(0, np.bool_), None)
    mean, spread = model.encode(every.x, every.wish, every.beats)
    empty = torch.zeros(len(mean), mean.shape[1] + 1)
    h = model.context(every.x, every.known, every.wish, every.beats, empty)
    nats = divergence((mean, spread), model.prior(h, mean))
    lost = notes(model.decode(h, mean, every.wish, every.beats), every)
    given = {name: float(value.mean()) for name, value in lost.items()}
    return {**given, "kl": float(nats.sum(1).mean()), "active": float((nats.mean(0) > 0.1).sum())}
