"""From a trained drummer and judge to two graphs, `generate` and `critic`, with their weights inside."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from bridge.engine.gan import INPUTS, OUTPUTS
from bridge.engine.gan_rows import ACROSS, FRAME, GRAIN, NOISE, TAP, WISHES
from bridge.engine.window import STEPS
from export.families.gan import Drummer, Judge
from export.traced import content, free, traced

OPSET = 20
CRITIC_INPUTS = ("kit", *INPUTS[:3])


class Score(nn.Module):  # type: ignore[misc]
    """The judge, with one number for each window."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(self, kit: Tensor, tap: Tensor, frame: Tensor, wishes: Tensor) -> Tensor:
        """Scores [B]."""
        return self.judge(kit, tap, frame, wishes)[:, 0]


def example(count: int = 2) -> dict[str, Tensor]:
    """Inputs of both graphs, of the right shapes, by name."""
    shapes = {
        "kit": (ACROSS, STEPS), "tap": (len(TAP), STEPS), "frame": (len(FRAME), STEPS), "wishes": (WISHES,),
        "noise": (NOISE,), "grain": (GRAIN, STEPS),
    }  # fmt: skip
    return {name: torch.zeros(count, *shape) for name, shape in shapes.items()}


def write(drummer: Drummer, judge: Judge, folder: Path) -> None:
    """Write `generate.onnx` and `critic.onnx` into a folder; the batch axis is free."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(drummer, INPUTS, OUTPUTS, folder / "generate.onnx")
    _write(Score(judge), CRITIC_INPUTS, ("score",), folder / "critic.onnx")


def _write(net: nn.Module, inputs: Sequence[str], outputs: Sequence[str], path: Path) -> None:
    every = example()
    given = tuple(every[name] for name in inputs)
    graph = traced(net.eval(), given, inputs, outputs, free(given, "batch"))
    path.write_bytes(content(graph))
