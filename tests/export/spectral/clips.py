"""Small clips for the tests of the texture's training side."""

import numpy as np

from bridge.sound.bands import FRAME, KEYS
from bridge.sound.told import BRIGHTNESS, STRUCK, TOLD
from export.spectral.clip import Clip, brightness

FRAMES = 120


def ringing(key: int = 30, name: str = "a", held_out: bool = False, every: int = 30) -> Clip:
    """A key that is struck again and again, and dies away."""
    frames, told = np.zeros((FRAMES, FRAME), np.float32), np.zeros((FRAMES, TOLD), np.float32)
    for at in range(FRAMES):
        frames[at, key] = max(0.0, 0.8 - 0.01 * (at % every))
        frames[at, KEYS + 12 :] = 0.9
        told[at, STRUCK.start + key] = 0.8 * (at % every == 0)
    told[:, 0] = 1.0
    told[:, BRIGHTNESS] = brightness(frames)
    seed = np.zeros((0, FRAME), np.float16)
    return Clip(name, "chords", frames.astype(np.float16), told.astype(np.float16), seed, held_out)
