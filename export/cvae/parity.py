"""Whether the exported graphs do what torch does, output by output, on real windows.

Graphs with whole weights must agree with torch to rounding. For those with 8-bit weights, the cost in likelihood is
told and bounded.
"""

from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from bridge.engine.session import open_session
from bridge.errors import PackError
from export.cvae.batches import Batch, batch
from export.cvae.examples import Examples
from export.cvae.losses import notes
from export.cvae.to_onnx import GRAPHS, example
from export.families.cvae import Conditional

TOLERANCE = 2.0e-3
"""Largest difference allowed with whole weights, by its size and 1."""
COSTLIEST = 0.02
"""Largest share of the nats of a window that 8-bit weights may cost."""
WINDOWS = 64


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found."""

    windows: int
    differ: float
    """Largest difference of whole weights, of any output, by its size and 1."""
    nats: float
    """Nats a window of torch."""
    cost: float
    """Nats a window by which 8-bit weights are worse."""

    def __str__(self) -> str:
        return (
            f"{self.windows} windows: outputs differ by at most {self.differ:.1e}; 8-bit weights cost {self.cost:.2f} "
            f"of {self.nats:.1f} nats a window"
        )


def compare(model: Conditional, whole: Path, small: Path, valid: Examples) -> Parity:
    """Run torch and the graphs of two folders on real windows. Raises PackError where they differ."""
    random = np.random.default_rng(11)
    index = random.choice(len(valid.lead), min(WINDOWS, len(valid.lead)), replace=False)
    real = batch(valid, index, np.zeros(0, np.bool_), random)
    feeds = {**example(model, len(index)), "x": real.x, "known": real.known, "wish": real.wish, "beats": real.beats}
    for name in ("noise", "read"):
        feeds[name] = torch.from_numpy(random.standard_normal(feeds[name].shape).astype(np.float32))
    found = {folder: run(folder, feeds) for folder in (whole, small)}
    expected = torch_run(model, feeds)
    differ = max(
        float((np.abs(expected[name] - found[whole][name]) / (1 + np.abs(expected[name]))).max()) for name in expected
    )
    nats = {name: _nats(outputs["given"], real) for name, outputs in (("torch", expected), ("small", found[small]))}
    parity = Parity(len(index), differ, nats["torch"], nats["small"] - nats["torch"])
    if not differ < TOLERANCE or not parity.cost < COSTLIEST * parity.nats:
        raise PackError(f"the graphs are not the model ({parity}); the pack was not written")
    return parity


def run(folder: Path, feeds: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """Every output of the graphs of a folder, a window at a time; z of `encode` and context of `prior` go on."""
    sessions = {name: open_session(folder / f"{name}.onnx", "cpu") for name in GRAPHS}
    rows = []
    for row in range(len(feeds["x"])):
        here = {name: value[row : row + 1].numpy() for name, value in feeds.items()}
        given: dict[str, np.ndarray] = {}
        for name, kind in GRAPHS.items():
            made = sessions[name].run(kind.outputs, {each: here[each] for each in kind.inputs})
            given |= dict(zip(kind.outputs, made, strict=True))
            here = {**here, "z": given["mean"], "context": given.get("context", here["context"])}
        rows.append(given)
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


@torch.no_grad()  # type: ignore[untyped-decorator]
def torch_run(model: Conditional, feeds: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """The same by torch."""
    given: dict[str, Tensor] = {}
    here = dict(feeds)
    for kind in GRAPHS.values():
        module: nn.Module = kind(model).eval()
        made = module(*(here[each] for each in kind.inputs))
        given |= dict(zip(kind.outputs, made if isinstance(made, tuple) else (made,), strict=True))
        here = {**here, "z": given["mean"], "context": given.get("context", here["context"])}
    return {name: value.numpy() for name, value in given.items()}


def _nats(given: np.ndarray, real: Batch) -> float:
    lost = notes(torch.from_numpy(given), real)
    return float(sum(value.mean() for name, value in lost.items() if name != "touch"))
