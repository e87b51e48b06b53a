"""How well frames are foretold on held-out sounds, against copying the last frame and against the mean frame."""

from collections.abc import Sequence

import msgspec
import numpy as np
import torch

from bridge.sound.bands import BANDS, RANGE_DB, Array
from bridge.sound.told import STRUCK
from export.families.spectral import Texturist
from export.spectral.clip import Clip, held

AHEAD = (1, 4, 16, 43)
"""Frames ahead: 23 ms to one second."""
STEP = 11
"""Frames from one prophecy to the next."""
FEWEST = 8
"""Frames heard before the first."""


class Errors(msgspec.Struct):
    """Sums over prophecies so many frames ahead."""

    count: int = 0
    model: float = 0.0
    copied: float = 0.0
    mean: float = 0.0

    def rmse(self) -> tuple[float, float, float]:
        """Root of the mean square error in dB: model, last frame copied, mean frame."""
        made, copied, mean = (
            RANGE_DB * (total / max(self.count, 1)) ** 0.5 for total in (self.model, self.copied, self.mean)
        )
        return made, copied, mean

    def mse(self) -> tuple[float, float, float]:
        """Mean square error of levels from 0 to 1, in the same order."""
        count = max(self.count, 1)
        return self.model / count, self.copied / count, self.mean / count


def mean_frame(clips: Sequence[Clip]) -> Array:
    """The mean frame of clips, [FRAME]."""
    return np.asarray(np.concatenate([clip.frames.astype(np.float32) for clip in clips]).mean(0), np.float32)


def judge(
    model: Texturist, clips: Sequence[Clip], average: Array, unstruck: bool = False, seed: int = 8
) -> dict[int, Errors]:
    """Errors by frames ahead. With `unstruck`, only where nothing is struck on the way, which the model is told of."""
    random = np.random.default_rng(seed)
    errors = {ahead: Errors() for ahead in AHEAD}
    for clip in clips:
        true, told = clip.frames.astype(np.float32), clip.told.astype(np.float32)
        starts = list(range(FEWEST, len(true) - max(AHEAD) - 1, STEP))
        if not starts:
            continue
        made = _prophecies(model, clip, starts, random)
        for ahead in AHEAD:
            for row, start in enumerate(starts):
                if unstruck and told[start + 1 : start + ahead + 1, STRUCK].any():
                    continue
                aim = true[start + ahead, :BANDS]
                found = errors[ahead]
                found.count += 1
                found.model += float(((made[ahead][row, :BANDS] - aim) ** 2).mean())
                found.copied += float(((true[start, :BANDS] - aim) ** 2).mean())
                found.mean += float(((average[:BANDS] - aim) ** 2).mean())
    return errors


def _prophecies(model: Texturist, clip: Clip, starts: list[int], random: np.random.Generator) -> dict[int, Array]:
    """Frames foretold from each start, by how far ahead: [starts, FRAME], each going on from its own frames."""
    true, told = torch.from_numpy(clip.frames.astype(np.float32)), torch.from_numpy(held(clip.told.astype(np.float32)))
    found: dict[int, Array] = {}
    with torch.no_grad():
        character = model.read(torch.from_numpy(clip.excerpt(random))[None])
        hidden, after = model.rest(1), []
        for at in range(starts[-1] + 1):
            if at in starts:
                after.append(hidden)
            _, _, hidden = model(true[at : at + 1], hidden, told[at + 1 : at + 2], character)
        frame, hidden = true[starts], torch.cat(after)
        minds = character.expand(len(starts), -1)
        where = torch.tensor(starts)
        for ahead in range(1, max(AHEAD) + 1):
            frame, _, hidden = model(frame, hidden, told[where + ahead], minds)
            if ahead in AHEAD:
                found[ahead] = frame.numpy()
    return found
