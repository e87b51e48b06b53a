"""A student of the denoiser that has guidance by heart, so that a step of the sampler runs the graph once, not twice.

The teacher is asked both told and untold; the student, told, is to say what guidance makes of the two answers (Meng et
al., 2023). It begins as the teacher.
"""

import logging
import time
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor

from bridge.engine.diffusion import PLAIN
from bridge.engine.diffusion_aim import TEMPERED
from bridge.engine.diffusion_condition import FILL, FREE, TOLD
from export.diffusion.batches import Batch, batch
from export.diffusion.dataset import Shelf
from export.diffusion.losses import expected, guess, sight, soft_losses
from export.diffusion.pack import load_weights
from export.diffusion.training import LEVELS, held_out, level_noise, levels
from export.ensemble.muon import optimisers
from export.families.diffusion import Denoiser

log = logging.getLogger("export.diffusion")

WINDOWS = 96
"""Held-out windows that are judged by."""


class Lesson(msgspec.Struct, frozen=True):
    """Everything a student's training depends on, beside the data and the teacher."""

    seed: int = 11
    rows: int = 96
    """Windows of a step."""
    guidance: float = 1.5
    """What the student learns by heart."""
    twice: float = 0.75
    """Share of the steps in which it is told its own first guess."""
    rate: float = 2.0e-4
    muon_rate: float = 2.0e-3
    warm_up: int = 20
    """Steps."""
    minutes: float = 5.0
    """Of a core's time."""


def untold(rows: Batch) -> Batch:
    """The same windows, with nothing told that can be left out; see `bridge.engine.diffusion_condition.untold`."""
    steps, whole = rows.steps.clone(), rows.whole.clone()
    steps[..., : TOLD + 1] = 0.0
    steps[..., FILL] = 0.0
    for part in FREE:
        whole[..., part] = 0.0
    return rows._replace(steps=steps, whole=whole)


def tempered(logits: Tensor) -> Tensor:
    """Logits as the sampler tempers them."""
    return torch.where(torch.from_numpy(TEMPERED), logits / PLAIN, logits)


@torch.no_grad()  # type: ignore[untyped-decorator]
def guided(
    teacher: Denoiser, rows: Batch, level: Tensor, noise: Tensor, estimate: Tensor | None, guidance: float
) -> Tensor:
    """Logits of a batch as guidance makes them of the teacher's two answers."""
    both = Batch(*(torch.cat(pair) for pair in zip(rows, untold(rows), strict=True)))
    known = None if estimate is None else estimate.repeat(2, 1, 1)
    with torch.autocast("cpu", torch.bfloat16):
        told, plain = teacher(*sight(both, level.repeat(2), noise.repeat(2, 1, 1), known)).float().chunk(2)
    return torch.where(torch.from_numpy(TEMPERED), plain + guidance * (told - plain), told)


@torch.no_grad()  # type: ignore[untyped-decorator]
def judge(student: Denoiser, teacher: Denoiser, rows: Batch, guidance: float) -> float:
    """Nats a cell by which a student's answers are from the guided teacher's, averaged over the noise levels."""
    noise = level_noise(tuple(rows.clean.shape), 5)
    found = []
    for level in LEVELS:
        at = torch.full((len(noise),), level)
        first = guess(tempered(guided(teacher, rows, at, noise, None, guidance)), rows)
        theirs = tempered(guided(teacher, rows, at, noise, first, guidance))
        ours = tempered(student(*sight(rows, at, noise, first)).float())
        end = expected(theirs)
        found.append(float((soft_losses(ours, end, rows) - soft_losses(theirs, end, rows)).sum()))
    return sum(found) / len(found) / max(float(rows.made.sum()), 1.0)


def teach(run: Path, train: Shelf, valid: Shelf, lesson: Lesson, path: Path) -> str:
    """Teach a student of the denoiser in a run's file for the lesson's minutes, and keep it in a file of the same kind;
    returns what it came to. Raises PackError where the run's file is none."""
    torch.manual_seed(lesson.seed)
    random = np.random.default_rng(lesson.seed)
    teacher, _, _ = load_weights(run)
    student = Denoiser(teacher.size)
    student.load_state_dict(teacher.state_dict())
    known = held_out(valid, WINDOWS)
    before = judge(student, teacher, known, lesson.guidance)
    making = optimisers(student, lesson.rate, lesson.muon_rate, 0.0)
    chances = np.cumsum(train.chances)
    began, shown, step = time.process_time(), time.monotonic(), 0
    while (spent := (time.process_time() - began) / 60) < lesson.minutes:
        pace = min(1.0, (step + 1) / lesson.warm_up) * max(0.0, 1.0 - spent / lesson.minutes)
        for optimiser, rate in zip(making, (lesson.rate, lesson.muon_rate), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = rate * pace
        drawn = np.searchsorted(chances, random.random(lesson.rows) * chances[-1]).clip(max=len(train) - 1)
        loss = _step(student, teacher, making, batch(train, drawn, random), lesson, random)
        step += 1
        if time.monotonic() - shown > 30:
            shown = time.monotonic()
            log.info("%.1f min, step %d: loss %.4f", spent, step, loss)
    after = judge(student.eval(), teacher, known, lesson.guidance)
    story = {**msgspec.to_builtins(lesson), "step": step, "before": before, "after": after}
    saved = torch.load(run, weights_only=True)
    torch.save({**saved, "weights": student.state_dict(), "student": story}, path)
    return f"{after:.4f} nats a cell from the guided teacher, {before:.4f} before, in {step} steps"


def _step(
    student: Denoiser, teacher: Denoiser, making: list[torch.optim.Optimizer], rows: Batch, lesson: Lesson,
    random: np.random.Generator,
) -> float:  # fmt: skip
    level = torch.from_numpy(levels(random, len(rows.clean)))
    noise = torch.randn_like(rows.clean)
    first = None
    with torch.autocast("cpu", torch.bfloat16):
        if random.random() < lesson.twice:
            with torch.no_grad():
                first = guess(tempered(student(*sight(rows, level, noise)).float()), rows)
        end = expected(tempered(guided(teacher, rows, level, noise, first, lesson.guidance)))
        logits = student(*sight(rows, level, noise, first))
    loss = soft_losses(tempered(logits.float()), end, rows).sum() / rows.made.sum().clamp(min=1)
    for optimiser in making:
        optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    for optimiser in making:
        optimiser.step()
    return float(loss.item())
