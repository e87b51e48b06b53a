"""Whether the texture's graphs do what torch does, on real sounds."""

from pathlib import Path

import msgspec
import numpy as np
import torch

from bridge.engine.session import open_session
from bridge.errors import PackError
from export.families.spectral import Texturist
from export.spectral.clip import Clip, held
from export.spectral.to_onnx import STEP, STEPPED, Step

TOLERANCE = 1.0e-4
"""Largest difference allowed in a frame, a state or a character."""


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found."""

    frames: int
    frame: float
    """Largest absolute difference; each side goes on from its own frames and states."""
    state: float
    character: float

    def __str__(self) -> str:
        return (
            f"{self.frames} frames: they differ by at most {self.frame:.1e}, states by {self.state:.1e}, "
            f"characters by {self.character:.1e}"
        )


def compare(model: Texturist, folder: Path, clips: list[Clip], steps: int = 120, seed: int = 6) -> Parity:
    """Run torch and the graphs side by side on held-out clips. Raises PackError where they differ."""
    step = Step(model.eval()).eval()
    stepping, reading = (open_session(folder / f"{name}.onnx", "cpu") for name in ("step", "read"))
    random = np.random.default_rng(seed)
    frames, worst, state, character = 0, 0.0, 0.0, 0.0
    for clip in clips:
        excerpt = clip.excerpt(random)[None]
        with torch.no_grad():
            mind = model.read(torch.from_numpy(excerpt)).numpy()
        read = reading.run(("character",), {"excerpt": excerpt})[0]
        character = max(character, float(np.abs(read - mind).max()))
        ours = theirs = [clip.frames[:1].astype(np.float32), model.rest(1).numpy()]
        for told in held(clip.told.astype(np.float32))[1 : steps + 1]:
            feeds = {"told": told[None], "character": mind}
            found, _, memory = stepping.run(STEPPED, {**feeds, "frame": ours[0], "hidden": ours[1]})
            ours = [found, memory]
            given = {**feeds, "frame": theirs[0], "hidden": theirs[1]}
            with torch.no_grad():
                expected, _, state_ = step(*(torch.from_numpy(given[name]) for name in STEP))
            theirs = [expected.numpy(), state_.numpy()]
            worst = max(worst, float(np.abs(ours[0] - theirs[0]).max()))
            state = max(state, float(np.abs(ours[1] - theirs[1]).max()))
            frames += 1
    result = Parity(frames, worst, state, character)
    if max(worst, state, character) > TOLERANCE:
        raise PackError(f"the graphs are not the model ({result}); the pack was not written")
    return result
