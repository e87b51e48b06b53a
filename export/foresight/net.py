"""The network of the foresight in torch; `bridge.music.foresight` reads its weights and computes the same."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bridge.music.foresight import AHEAD, PLACE, STATES
from bridge.music.recurrent import Network, unpacked

WIDTH, LAYERS, READING = 160, 2, 192


class Batch(NamedTuple):
    """Stretches of pieces."""

    whole: Tensor
    """[B, T, PLACE] each beat once it is over."""
    part: Tensor
    """[B, T, PLACE] each beat as far as it is heard."""
    through: Tensor
    """[B, T, 1] the share of each beat that is heard."""
    states: Tensor
    """[B, T] the chord at each beat; -1 where none is known."""


class Net(nn.Module):  # type: ignore[misc]
    """Reads whole beats; tells, from those before a beat and a part of it, the chords of it and of those after it."""

    def __init__(self, width: int = WIDTH, layers: int = LAYERS, reading: int = READING, loose: float = 0.0) -> None:
        super().__init__()
        self.enter = nn.Linear(PLACE, width)
        self.core = nn.GRU(width, width, layers, batch_first=True, dropout=loose if layers > 1 else 0.0)
        self.loose = nn.Dropout(loose)
        self.readers = nn.ModuleList((nn.Linear(width + PLACE + 1, reading), nn.Linear(reading, reading)))
        self.tell = nn.Linear(reading, AHEAD * STATES)

    def forward(self, batch: Batch) -> Tensor:
        """[B, T, AHEAD, STATES] scores."""
        state, _ = self.core(self.enter(batch.whole))
        before = torch.cat([torch.zeros_like(state[:, :1]), state[:, :-1]], 1)
        found = torch.cat([self.loose(before), batch.part, batch.through], 2)
        for reader in self.readers:
            found = self.loose(torch.relu(reader(found)))
        scores: Tensor = self.tell(found)
        return scores.unflatten(2, (AHEAD, STATES))

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """The weights in half precision, under the names by which they are read."""
        return {name: tensor.detach().numpy().astype(np.float16) for name, tensor in self.state_dict().items()}

    def network(self) -> Network:
        """The same network for playing."""
        return unpacked({name: array.astype(np.float32) for name, array in self.arrays().items()})


def loss(scores: Tensor, states: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy of what is told of each beat, and of the beats after it."""
    wanted = torch.stack([nn.functional.pad(states[:, ahead:], (0, ahead), value=-1) for ahead in range(AHEAD)], 2)
    return nn.functional.cross_entropy(
        scores.flatten(0, 2), wanted.flatten(), ignore_index=-1, label_smoothing=smoothing
    )
