"""Where a phrase lies among music, in a few numbers: the directions in which the z of real windows differ most.

Taste goes by them. All are measured in one unit, so that the first, in which music differs most, count most.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from export.cvae.batches import batch
from export.cvae.examples import Examples
from export.cvae.to_onnx import graph
from export.families.cvae import Conditional

SIZE = 8
"""Numbers of a place."""
SPREAD = 3.0
"""What the deviations of all directions together, those that are left out too, come to."""
WINDOWS = 3072
ROWS = 256


class Places(nn.Module):  # type: ignore[misc]
    """`describe`: z -> where it lies."""

    inputs, outputs = ("z",), ("place",)

    def __init__(self, centre: Tensor, axes: Tensor) -> None:
        super().__init__()
        self.register_buffer("centre", centre)
        self.register_buffer("axes", axes)

    def forward(self, z: Tensor) -> Tensor:
        """Places [B, SIZE] of z [B, Z]."""
        return (z - self.centre) @ self.axes


@torch.no_grad()  # type: ignore[untyped-decorator]
def find_places(model: Conditional, real: Examples) -> Places:
    """The principal axes of what a model makes of real windows."""
    random = np.random.default_rng(11)
    index = random.choice(len(real.lead), min(WINDOWS, len(real.lead)), replace=False)
    parts = []
    for first in range(0, len(index), ROWS):
        rows = batch(real, index[first : first + ROWS], np.zeros(0, np.bool_), random)
        parts.append(model.encode(rows.x, rows.wish, rows.beats)[0])
    z = torch.cat(parts).double()
    centre = z.mean(0)
    _, sizes, axes = torch.linalg.svd(z - centre, full_matrices=False)
    axes = axes[:SIZE]
    axes = axes * axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()  # an axis has no front: give it one
    total = (sizes**2).sum().div(len(z)).sqrt()
    return Places(centre.float(), (axes.T * SPREAD / total).float().contiguous())


def save_places(places: Places, path: Path) -> None:
    """Write the graph."""
    feeds = {"z": torch.zeros(2, len(places.centre))}
    path.write_bytes(graph(places.eval(), feeds, places.outputs).SerializeToString(deterministic=True))
