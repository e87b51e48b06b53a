"""Muon: momentum whose step for a matrix is made nearly orthogonal (Jordan et al., 2024), AdamW for everything else."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic iteration that draws all singular values towards 1."""


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """A matrix with about the same singular vectors and singular values near 1, by Newton-Schulz iterations."""
    a, b, c = COEFFICIENTS
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):  # type: ignore[misc]
    """Steps the matrices it is given by orthogonalised momentum with weight decay."""

    def __init__(
        self, matrices: Iterable[Tensor], lr: float = 0.02, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: None = None) -> None:
        """One step from the gradients there are."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(weight)
                state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(state["momentum"], group["momentum"])
                size = max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(orthogonal(ahead).to(weight.dtype), alpha=-group["lr"] * size)


def optimisers(model: nn.Module, rate: float, muon_rate: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    """AdamW for tables, heads' last layers and vectors; Muon for the blocks' matrices, or AdamW where its rate is 0."""
    inside = [weight for name, weight in model.named_parameters() if ".blocks." in f".{name}" and weight.dim() == 2]
    chosen = {id(weight) for weight in inside}
    rest = [weight for weight in model.parameters() if id(weight) not in chosen]
    adam = {"lr": rate, "betas": (0.9, 0.98), "fused": True}
    if not muon_rate:
        inside_adam = {"params": inside, "weight_decay": weight_decay}
        return [torch.optim.AdamW([inside_adam, {"params": rest, "weight_decay": 0.0}], **adam)]
    return [
        torch.optim.AdamW(rest, weight_decay=0.0, **adam),
        Muon(inside, lr=muon_rate, weight_decay=weight_decay),
    ]
