"""What of a window is given and what is to be made: the tasks that one denoiser learns at once."""

import numpy as np
from numpy.typing import NDArray

from bridge.engine.diffusion_condition import HERE, LENGTH
from bridge.engine.diffusion_table import VOICES
from bridge.engine.window import STEPS

Mask = NDArray[np.bool_]
CONTINUE, ACCOMPANY, FILL, VOICING = range(4)
"""Go on from the window before; play along with a lead known so far; fill a gap; add voices to given ones."""
SHARES = (0.3, 0.4, 0.15, 0.15)
VOICE_COUNT = len(VOICES)


def draw(random: np.random.Generator, playing: Mask, steps: int, before: bool, after: bool) -> tuple[Mask, Mask, Mask]:
    """Given and made cells [LENGTH, 4], and the voices [4] that still play: some bands are smaller than the piece's."""
    voices = playing.copy()
    voices[1:] &= random.random(VOICE_COUNT - 1) < 0.85
    if not voices.any():
        voices = playing.copy()
    given, made = np.zeros((LENGTH, VOICE_COUNT), np.bool_), np.zeros((LENGTH, VOICE_COUNT), np.bool_)
    if before and random.random() < 0.93:
        known = voices & (random.random(VOICE_COUNT) < (0.97, 0.85, 0.85, 0.85)) if random.random() < 0.8 else voices
        if random.random() < 0.12:
            known = known & np.array([True, False, False, False])
        given[:STEPS] = known
    task = int(random.choice(len(SHARES), p=SHARES))
    inside = np.zeros((STEPS, VOICE_COUNT), np.bool_)
    place = np.arange(STEPS)[:, None]
    if task == CONTINUE and random.random() < 0.5:
        inside |= place < random.integers(0, steps)
    elif task == ACCOMPANY:
        heard = int(random.integers(0, steps + 1)) if random.random() < 0.7 else steps
        played = min(heard + int(random.integers(0, 4)), steps) if random.random() < 0.6 else 0
        inside |= place < np.array([heard, *[played] * (VOICE_COUNT - 1)])
        inside[:, 1:] |= random.random(VOICE_COUNT - 1) < 0.2
    elif task == FILL:
        edges = np.sort(random.integers(0, steps + 1, 2))
        first, last = (0, steps) if random.random() < 0.3 else (int(edges[0]), int(edges[1]))
        inside |= (place < first) | (place >= last)
        inside |= random.random(VOICE_COUNT) < 0.15
    elif task == VOICING:
        inside |= random.random(VOICE_COUNT) < 0.5
    if inside[:steps, voices].all():
        inside[:] = False
    if after and random.random() < (0.7 if task == FILL else 0.08):
        given[HERE.stop :] = voices
    there = place < steps
    given[HERE] = inside & voices & there
    made[HERE] = ~inside & voices & there
    if task == ACCOMPANY and voices[1:].any() and made[HERE, 1:].any() and random.random() < 0.4:
        made[HERE, 0] = False  # the tune is the player's own affair
    return given, made, voices
