"""Training the texture's model: it hears more and more of its own frames in place of the true ones."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor

from bridge.sound.bands import FRAME
from bridge.sound.told import STRUCK, TOLD
from export.families.spectral import Size, Texturist
from export.spectral.clip import Clip, held, moved

_log = logging.getLogger(__name__)


class Recipe(msgspec.Struct, frozen=True):
    """How it is trained."""

    size: Size = Size()
    minutes: float = 12.0
    batch: int = 8
    frames: int = 72
    learning_rate: float = 3e-3
    own_frames: float = 0.85
    """Share of frames that are the model's own from three quarters of the training on; none in its first quarter."""
    loop_from: float = 0.65
    loop_to: float = 0.85
    """Shares of the training between which it goes on by itself for whole stretches; then it settles."""
    noise: float = 0.03
    """Deviation of what is added to the frames that it hears."""
    plain: float = 0.4
    """Share of rows that are heard as they are: neither its own frames nor noise."""
    shift: int = 6
    """Semitones that a clip is moved up or down at most."""
    tilt: float = 4.0
    """dB an octave that a clip is made brighter or darker at most."""
    seed: int = 3


class Rows(NamedTuple):
    """A batch: frames [B, T + 1, FRAME], told [B, T + 1, TOLD], excerpts [B, EXCERPT, FRAME]."""

    frames: Tensor
    told: Tensor
    excerpts: Tensor


def draw(clips: list[Clip], recipe: Recipe, random: np.random.Generator) -> Rows:
    """A batch of stretches of clips, moved and tilted; the excerpt of a clip of chords in another key than it."""
    frames = np.zeros((recipe.batch, recipe.frames + 1, FRAME), np.float32)
    told = np.zeros((recipe.batch, recipe.frames + 1, TOLD), np.float32)
    excerpts = []
    for row in range(recipe.batch):
        clip = clips[int(random.integers(len(clips)))]
        semitones = int(random.integers(-recipe.shift, recipe.shift + 1)) if clip.kind == "chords" else 0
        tilt = float(random.uniform(-recipe.tilt, recipe.tilt))
        first = int(random.integers(-recipe.frames // 4, max(1, len(clip.frames) - recipe.frames)))
        part = slice(max(first, 0), first + recipe.frames + 1)
        here = moved(clip.frames[part].astype(np.float32), held(clip.told[part].astype(np.float32)), semitones, tilt)
        at = max(-first, 0)
        frames[row, at : at + len(here[0])] = here[0]
        told[row, at : at + len(here[1])] = here[1]
        told[row, :at] = here[1][:1]  # before its beginning: silence, and what is to come is told
        told[row, :at, STRUCK] = 0.0
        excerpt = clip.excerpt(random)
        other = int(random.integers(-recipe.shift, recipe.shift + 1)) if clip.kind == "chords" else 0
        excerpts.append(moved(excerpt, np.zeros((len(excerpt), TOLD), np.float32), other, tilt)[0])
    return Rows(torch.from_numpy(frames), torch.from_numpy(told), torch.from_numpy(np.stack(excerpts)))


def loss(model: Texturist, rows: Rows, own: float, recipe: Recipe, loop: bool) -> Tensor:
    """Mean loss of every next frame, where a share `own` of the frames that it hears are its own.

    In a `loop` each of its frames follows from those before. Without, what it would have made of the true frames stands
    in for them (Duckworth et al., 2019), which is three times as quick.
    """
    character = model.read(rows.excerpts)
    frames, told, aims = rows.frames[:, :-1], rows.told[:, 1:], rows.frames[:, 1:]
    plain = torch.rand(len(frames), 1) < recipe.plain
    alone = stretches(frames.shape[0], frames.shape[1], own) & ~plain
    # Some rows are far off: it has to find its way back.
    far = recipe.noise * torch.exp(torch.randn(len(frames), 1)) * ~plain
    if loop:
        mean, doubt = model.go_on(frames, told, character, alone, far.clamp(max=2.0 * recipe.noise))
    else:
        far = far[:, :, None]
        heard = (frames + far * torch.randn_like(frames)).clamp(0.0, 1.0)
        if own > 0.0:
            with torch.no_grad():
                made, _ = model.hear(heard, told, character)
            heard = torch.cat([heard[:, :1], torch.where(alone[:, 1:, None], made[:, :-1], heard[:, 1:])], 1)
        mean, doubt = model.hear(heard, told, character)
    error = aims - mean
    # The mean learns from plain errors, the doubt from how large they are.
    likelihood = doubt + 0.5 * (error.detach() / doubt.exp()) ** 2
    return 40.0 * (error**2).mean() + 2.0 * error.abs().mean() + 0.05 * likelihood.mean()


def stretches(batch: int, length: int, share: float) -> Tensor:
    """Which frames [batch, length] are its own: a share of them, in stretches of some 17 frames."""
    draws = torch.rand(batch, length) < share
    fresh = torch.rand(batch, length) < 0.06
    fresh[:, 0] = True
    last = torch.where(fresh, torch.arange(length), 0).cummax(1).values
    return draws.gather(1, last)


def train(clips: list[Clip], recipe: Recipe, file: Path, clock: Callable[[], float] = time.monotonic) -> dict[str, Any]:
    """Train for the recipe's minutes, or go on where `file` holds a run that was not ended; returns the story."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    model = Texturist(recipe.size)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=0.01)
    spent, step = 0.0, 0
    if file.is_file():
        saved = torch.load(file, map_location="cpu", weights_only=True)
        if msgspec.convert(saved["recipe"], Recipe) == recipe:
            model.load_state_dict(saved["weights"])
            optimiser.load_state_dict(saved["optimiser"])
            spent, step = saved["minutes"], saved["step"]
            random = np.random.default_rng(recipe.seed + step)
    began, kept, shown = clock() - spent * 60, clock(), 0.0
    while (minutes := (clock() - began) / 60) < recipe.minutes:
        progress = minutes / recipe.minutes
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * min(1.0, (step + 1) / 100) * max(0.02, 1.0 - progress**2)
        own = recipe.own_frames * min(max(0.0, 2.0 * progress - 0.5), 1.0)
        found = loss(model, draw(clips, recipe, random), own, recipe, recipe.loop_from < progress < recipe.loop_to)
        optimiser.zero_grad()
        found.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        shown = 0.98 * shown + 0.02 * found.item() if shown else found.item()
        if step % 100 == 0:
            _log.info("step %d, minute %.1f: loss %.4f", step, minutes, shown)
        if clock() - kept > 60:
            kept = clock()
            _keep(file, model, optimiser, recipe, step, minutes)
    _keep(file, model, optimiser, recipe, step, recipe.minutes)
    return {"step": step, "minutes": recipe.minutes, "loss": shown}


def _keep(
    file: Path, model: Texturist, optimiser: torch.optim.Optimizer, recipe: Recipe, step: int, minutes: float
) -> None:
    part = file.with_suffix(".part")
    torch.save(
        {
            "recipe": msgspec.to_builtins(recipe),
            "weights": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "step": step,
            "minutes": minutes,
        },
        part,
    )
    part.replace(file)
