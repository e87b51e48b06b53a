"""Whether the exported graphs do what torch does, on real taps and windows."""

from pathlib import Path

import msgspec
import numpy as np
import torch

from bridge.engine.gan import INPUTS, OUTPUTS
from bridge.engine.session import open_session
from bridge.errors import PackError
from export.families.gan import Drummer, Judge
from export.gan.batches import Batch
from export.gan.losses import noise, score
from export.gan.to_onnx import CRITIC_INPUTS

TOLERANCE = 2.0e-4
"""Largest difference allowed in any number."""
ROWS = 16
"""Windows in one call."""


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found: windows, and the largest differences."""

    windows: int
    onset: float
    velocity: float
    offset: float
    score: float

    def __str__(self) -> str:
        return (
            f"{self.windows} windows: onset logits differ by at most {self.onset:.1e}, velocities by "
            f"{self.velocity:.1e}, offsets by {self.offset:.1e}, the critic's scores by {self.score:.1e}"
        )


def compare(drummer: Drummer, judge: Judge, folder: Path, real: Batch) -> Parity:
    """Run torch and the graphs in `folder` side by side on real windows. Raises PackError where they differ."""
    generate, critic = (open_session(folder / f"{name}.onnx", "cpu") for name in ("generate", "critic"))
    random = torch.Generator().manual_seed(11)
    worst = [0.0] * 4
    for start in range(0, len(real), ROWS):
        batch = real.rows(torch.arange(start, min(start + ROWS, len(real))))
        z, grain = noise(len(batch), random)
        with torch.no_grad():
            expected = [*drummer(batch.tap, batch.frame, batch.wishes, z, grain), score(judge, batch.kit, batch)]
        told = {"tap": batch.tap, "frame": batch.frame, "wishes": batch.wishes, "noise": z, "grain": grain}
        given = {name: told[name].numpy() for name in INPUTS}
        judged = {name: (told | {"kit": batch.kit})[name].numpy() for name in CRITIC_INPUTS}
        found = [*generate.run(OUTPUTS, given), *critic.run(("score",), judged)]
        for n, (ours, theirs) in enumerate(zip(expected, found, strict=True)):
            worst[n] = max(worst[n], float(np.abs(ours.numpy() - theirs).max()))
    parity = Parity(len(real), *worst)
    if not max(worst) <= TOLERANCE:
        raise PackError(f"the graphs are not the model ({parity}); the pack was not written")
    return parity
