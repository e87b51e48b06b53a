"""From a trained drummer and judge to two graphs, `generate` and `critic`, with their weights inside."""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from bridge.engine.gan import INPUTS, OUTPUTS
from bridge.engine.gan_rows import ACROSS, FRAME, GRAIN, NOISE, TAP, WISHES
from bridge.engine.window import STEPS
from export.families.gan import Drummer, Judge

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
    import onnx

    given, batch = example(), torch.export.Dim("batch", min=1, max=64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            net.eval(),
            tuple(given[name] for name in inputs),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            verbose=False,
        )
    assert program is not None
    buffer = io.BytesIO()
    program.save(buffer)
    graph = onnx.load_from_string(buffer.getvalue())
    onnx.checker.check_model(graph, full_check=True)
    del graph.metadata_props[:]
    del graph.graph.value_info[:]
    for number, node in enumerate(graph.graph.node):
        node.doc_string = ""
        node.name = f"{node.op_type}_{number}"
        del node.metadata_props[:]
    path.write_bytes(graph.SerializeToString(deterministic=True))
