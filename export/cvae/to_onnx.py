"""From a trained model to `encode.onnx`, `prior.onnx` and `decode.onnx`, each with its own weights, in 8 bits, and to
`describe.onnx`, which says where a z lies."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from bridge.engine.cvae_controls import BEAT_SIZE
from bridge.engine.cvae_controls import SIZE as WISHES
from bridge.engine.cvae_rolls import BEATS, COLUMNS, VOICES
from bridge.engine.window import STEPS
from export.ensemble.to_onnx import quantise
from export.families.cvae import Conditional
from export.traced import free, traced

OPSET = 20
Graph = Any


class Encode(nn.Module):  # type: ignore[misc]
    """`encode`: a whole window -> mean and deviation of z."""

    inputs, outputs = ("x", "wish", "beats"), ("mean", "deviation")

    def __init__(self, model: Conditional) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, wish: Tensor, beats: Tensor) -> tuple[Tensor, Tensor]:
        """See `Conditional.encode`."""
        mean, log = self.model.encode(x, wish, beats)
        return mean, log.exp()


class Prior(nn.Module):  # type: ignore[misc]
    """`prior`: what is known and told, and a way from the centre in deviations -> z, and what the decoder knows.

    For a z that was read it says which way from the centre it lies here.
    """

    inputs = ("x", "known", "wish", "beats", "before", "noise", "read")
    outputs = ("z", "context", "way")

    def __init__(self, model: Conditional) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, x: Tensor, known: Tensor, wish: Tensor, beats: Tensor, before: Tensor, noise: Tensor, read: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """See `Conditional.context`, `Prior.draw` and `Prior.way`."""
        context = self.model.context(x, known, wish, beats, before)
        return self.model.prior.draw(context, noise), context, self.model.prior.way(context, read)


class Decode(nn.Module):  # type: ignore[misc]
    """`decode`: z and what the decoder knows -> what each step is to hold."""

    inputs, outputs = ("context", "z", "wish", "beats"), ("given",)

    def __init__(self, model: Conditional) -> None:
        super().__init__()
        self.model = model

    def forward(self, context: Tensor, z: Tensor, wish: Tensor, beats: Tensor) -> Tensor:
        """See `Conditional.decode`."""
        return self.model.decode(context, z, wish, beats)


GRAPHS: dict[str, type[Encode | Prior | Decode]] = {"encode": Encode, "prior": Prior, "decode": Decode}
"""Name -> what is exported under it."""


def example(model: Conditional, rows: int = 2) -> dict[str, Tensor]:
    """Inputs of all graphs, for so many windows."""
    latent, width = model.size.latent, model.size.width
    shapes = {
        "x": (STEPS, COLUMNS), "known": (BEATS, len(VOICES)), "wish": (WISHES,), "beats": (BEATS, BEAT_SIZE),
        "before": (latent + 1,), "noise": (latent,), "read": (latent,), "z": (latent,), "context": (BEATS, width),
    }  # fmt: skip
    return {name: torch.zeros(rows, *shape) for name, shape in shapes.items()}


def save(model: Conditional, whole: Path, small: Path) -> None:
    """Write the three graphs into two folders: with whole weights, and with their large matrices in 8 bits."""
    feeds = example(model)
    for name, kind in GRAPHS.items():
        made = graph(kind(model).eval(), {each: feeds[each] for each in kind.inputs}, kind.outputs)
        for folder, each in ((whole, made), (small, quantise(made))):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.onnx").write_bytes(each.SerializeToString(deterministic=True))


def graph(module: nn.Module, feeds: dict[str, Tensor], outputs: Sequence[str]) -> Graph:
    """A module as a graph whose first axis is free."""
    return traced(module, feeds, list(feeds), outputs, free(feeds))
