"""The reverse process: from noise to music in a few steps that leave nothing to chance.

The noise level goes from 1 (nothing but noise) to 0; at a level l a roll is cos(l pi/2) of the music and sin(l pi/2) of
noise. A step is DDIM's (Song et al., 2021), or the second-order multi-step one of DPM-Solver++ (Lu et al., 2022), both
in the form that goes by the foretold clean roll.
"""

import math
from collections.abc import Callable, Generator, Sequence

import numpy as np

from bridge.engine.diffusion_roll import Roll, mean

Foretell = Callable[[Roll, float, Roll], Roll]
"""(noisy roll, level, clean roll as last foretold) -> logits of the clean roll."""

HIGHEST = 0.995
"""Level taken for 1 where its logarithm is needed."""
BEND = 1.0
"""1: levels evenly apart; above, closer together at the noisy end, where the music is decided."""


def levels(steps: int, start: float = 1.0) -> tuple[float, ...]:
    """The noise levels of a number of steps from a level down."""
    return tuple(start * (1.0 - (n / steps) ** BEND) for n in range(steps))


def shares(level: float) -> tuple[float, float]:
    """How much of music and of noise there is at a level."""
    return math.cos(level * math.pi / 2), math.sin(level * math.pi / 2)


def noised(clean: Roll, noise: Roll, level: float) -> Roll:
    """The forward process at a level."""
    music, rest = shares(level)
    found: Roll = (music * clean + rest * noise).astype(np.float32)
    return found


def denoise(
    x: Roll, down: Sequence[float], foretell: Foretell, pin: Callable[[Roll, float], Roll], second_order: bool = True
) -> Generator[None, None, Roll]:
    """Logits of the music that `x`, at the first of the levels, turns into; yields after every step.

    `pin` puts what is not to be made freely in its place in a roll at a level.
    """
    estimate = np.zeros_like(x)
    before: tuple[Roll, float] | None = None
    for number, level in enumerate(down):
        logits = foretell(x, level, estimate)
        if number == len(down) - 1:
            break
        yield
        estimate = mean(logits)
        x = pin(step(x, estimate, level, down[number + 1], before if second_order else None), down[number + 1])
        before = estimate, level
    return logits


def step(x: Roll, clean: Roll, level: float, down: float, before: tuple[Roll, float] | None) -> Roll:
    """A roll at a level as it is at a lower one, by the clean roll foretold at this level and the one before it."""
    music, noise = shares(min(level, HIGHEST))
    music_then, noise_then = shares(down)
    aim = clean
    if before is not None and down > 0:
        earlier, above = before
        gone, left = (_log_ratio(a) - _log_ratio(b) for a, b in ((level, above), (down, level)))
        aim = clean + (clean - earlier) * (left / (2 * gone))
    ratio = noise_then / noise
    found: Roll = (ratio * x + (music_then - music * ratio) * aim).astype(np.float32)
    return found


def _log_ratio(level: float) -> float:
    music, noise = shares(min(level, HIGHEST))
    return math.log(music / noise)


def noise(seed: int, number: int, shape: tuple[int, ...], candidate: int = 0) -> Roll:
    """Gaussian noise that is a function of the seed, the window's number and the candidate's."""
    made = np.random.Generator(
        np.random.Philox(key=candidate << 64 | (seed & 0xFFFFFFFF) << 32 | (number & 0xFFFFFFFF))
    )
    return made.standard_normal(shape, np.float32)
