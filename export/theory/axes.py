"""Principal axes: what is read of a bar as numbers of deviation 1 that do not tell the same, and written back of them.

What is measured along them need not be learnt, and what is drawn from a prior is in the manner of what was measured.
"""

import torch
from torch import Tensor, nn

FLOOR = 0.05
"""Numbers that deviate by less stay small: they are hardly more than chance."""


class Axes(nn.Module):  # type: ignore[misc]
    """So many principal axes of rows of a width, the widest first; found before training, and kept."""

    def __init__(self, width: int, count: int) -> None:
        super().__init__()
        self.count = min(width, count)
        self.register_buffer("usual", torch.zeros(width))
        self.register_buffer("there", torch.zeros(self.count, width))
        self.register_buffer("back", torch.zeros(width, self.count))

    def find(self, rows: Tensor) -> None:
        """Set the axes to those of rows [N, W]."""
        values, found = (part.float() for part in torch.linalg.eigh(torch.cov(rows.double().T)))
        order = values.argsort(descending=True)[: self.count]
        width = values[order].clamp(min=0.0).sqrt().clamp(min=FLOOR)
        self.usual.copy_(rows.mean(0))
        self.there.copy_((found[:, order] / width).T)
        self.back.copy_(found[:, order] * width)

    def measured(self, rows: Tensor, known: Tensor | None = None) -> Tensor:
        """Numbers [..., n] of rows [..., W]; what is not `known` (0) of them counts as usual. In full precision."""
        with torch.autocast("cpu", enabled=False):
            away = rows.float() - self.usual
            found: Tensor = (away if known is None else away * known) @ self.there.T
        return found

    def laid(self, numbers: Tensor) -> Tensor:
        """Rows [..., W] of numbers [..., n]. In full precision."""
        with torch.autocast("cpu", enabled=False):
            found: Tensor = self.usual + numbers.float() @ self.back.T
        return found
