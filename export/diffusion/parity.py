"""Whether the exported graph does what torch does, on real windows at every noise level."""

from pathlib import Path

import msgspec
import numpy as np
import torch

from bridge.engine.diffusion import OUTPUTS
from bridge.engine.session import open_session
from bridge.errors import PackError
from export.diffusion.batches import Batch
from export.diffusion.losses import foretell, guess, losses, sight
from export.diffusion.training import LEVELS, level_noise
from export.families.diffusion import Denoiser

TOLERANCE = 2.0e-3
"""Largest difference allowed in a logit, whole weights against torch's."""
COST = 0.03
"""Nats a cell that 8-bit weights may cost at most."""


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found."""

    windows: int
    whole: float
    """Largest difference in a logit, whole weights."""
    cost: float
    """Nats a cell that 8-bit weights cost, averaged over the levels."""
    eighth: float
    """Mean difference in a logit with 8-bit weights."""

    def __str__(self) -> str:
        return (
            f"{self.windows} windows at {len(LEVELS)} levels: logits differ by at most {self.whole:.1e}; 8-bit weights "
            f"cost {self.cost:+.4f} nats a cell and move a logit by {self.eighth:.3f} on average"
        )


def compare(model: Denoiser, whole: Path, small: Path, known: Batch) -> Parity:
    """Run torch, the graph with whole weights and that with 8-bit ones on the same rolls. Raises PackError."""
    model.eval()
    sessions = [open_session(path, "cpu") for path in (whole, small)]
    noise = level_noise(tuple(known.clean.shape), 11)
    cells = known.made.sum().clamp(min=1)
    apart, moved, costs = 0.0, [], []
    for level in LEVELS:
        at = torch.full((len(noise),), level)
        with torch.no_grad():
            ours = foretell(model, known, at, noise, twice=True)
            estimate = guess(model(*sight(known, at, noise)), known)
            feeds = {
                name: tensor.float().numpy() for name, tensor in sight(known, at, noise, estimate)._asdict().items()
            }
        exact, rough = (session.run(OUTPUTS, feeds)[0] for session in sessions)
        apart = max(apart, float(np.abs(exact - ours.numpy()).max()))
        moved.append(float(np.abs(rough - ours.numpy()).mean()))
        costs.append(float((losses(torch.from_numpy(rough), known).sum() - losses(ours, known).sum()) / cells))
    found = Parity(len(noise), apart, float(np.mean(costs)), float(np.mean(moved)))
    if not apart < TOLERANCE or not found.cost < COST:
        raise PackError(f"the graph is not the model ({found}); the pack was not written")
    return found
