"""The texture's two graphs: `step` makes the next frame, `read` makes the character of a sound out of its beginning."""

from pathlib import Path

import torch
from torch import Tensor, nn

from bridge.sound.bands import FRAME
from bridge.sound.told import EXCERPT, TOLD
from export.families.spectral import CHARACTER, Texturist
from export.traced import content, traced

OPSET = 20
STEP = ("frame", "hidden", "told", "character")
STEPPED = ("next", "deviation", "next_hidden")


class Step(nn.Module):  # type: ignore[misc]
    """One frame on."""

    def __init__(self, model: Texturist) -> None:
        super().__init__()
        self.model = model

    def forward(self, frame: Tensor, hidden: Tensor, told: Tensor, character: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Next frame [1, FRAME], how far each number may be off, and next hidden state [1, BANDS, hidden]."""
        mean, doubt, hidden = self.model(frame, hidden, told, character)
        return mean, doubt.exp(), hidden


class Read(nn.Module):  # type: ignore[misc]
    """The character of an excerpt."""

    def __init__(self, model: Texturist) -> None:
        super().__init__()
        self.model = model

    def forward(self, excerpt: Tensor) -> Tensor:
        """[1, EXCERPT, FRAME] -> [1, CHARACTER]."""
        return self.model.read(excerpt)


def example(model: Texturist) -> tuple[Tensor, ...]:
    """Inputs of the right shapes, in the order of STEP."""
    return (
        torch.full((1, FRAME), 0.3),
        model.rest(1),
        torch.zeros(1, TOLD),
        torch.zeros(1, CHARACTER),
    )


def write(model: Texturist, folder: Path) -> None:
    """Write `step.onnx` and `read.onnx`, their weights inside."""
    model = model.eval()
    _write(Step(model).eval(), example(model), STEP, STEPPED, folder / "step.onnx")
    _write(Read(model).eval(), (torch.zeros(1, EXCERPT, FRAME),), ("excerpt",), ("character",), folder / "read.onnx")


def _write(
    graph: nn.Module, inputs: tuple[Tensor, ...], names: tuple[str, ...], outputs: tuple[str, ...], path: Path
) -> None:
    path.write_bytes(content(traced(graph, inputs, names, outputs)))
