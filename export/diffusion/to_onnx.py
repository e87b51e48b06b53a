"""From a trained denoiser to `denoise.onnx`, its large matrices in 8 bits with a scale for every 64 numbers."""

from pathlib import Path
from typing import Any

import torch

from bridge.engine.diffusion import INPUTS, OUTPUTS
from export.families.diffusion import Denoiser
from export.traced import content, free, traced

ROWS = 2
"""Of the example; the axis is free."""


def example(rows: int = ROWS) -> dict[str, torch.Tensor]:
    """Inputs of the right shapes."""
    return {name: torch.zeros([axis or rows for axis in shape]) for name, (shape, _) in INPUTS.items()}


def whole(model: Denoiser) -> Any:
    """The graph with whole weights."""
    given = example()
    return traced(model.eval(), given, list(INPUTS), OUTPUTS, free(given))


def save(graph: Any, path: Path) -> None:
    """Write a graph to a file."""
    path.write_bytes(content(graph))
