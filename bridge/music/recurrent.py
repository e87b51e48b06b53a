"""A small recurrent network in numpy: layers of gated recurrent units (GRU; Cho et al., 2014), and a reader on top.

It is small enough to be computed beside the music, several in one go: every array may have further dimensions before
those that are named here.
"""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Gates(msgspec.Struct, frozen=True):
    """A layer of gated recurrent units of width W reading I numbers: reset, update and new, one above the other."""

    read: Floats
    """[3 W, I]"""
    keep: Floats
    """[3 W, W]"""
    read_bias: Floats
    """[3 W]"""
    keep_bias: Floats
    """[3 W]"""

    def step(self, heard: Floats, before: Floats) -> Floats:
        """The layer's state [..., W] after reading [..., I]."""
        width = before.shape[-1]
        new, old = heard @ self.read.T + self.read_bias, before @ self.keep.T + self.keep_bias
        reset, update = np.split(_sigmoid(new[..., : 2 * width] + old[..., : 2 * width]), 2, -1)
        found: Floats = np.tanh(new[..., 2 * width :] + reset * old[..., 2 * width :])
        return found + update * (before - found)


class Line(msgspec.Struct, frozen=True):
    """A linear map, [O, I] and [O]."""

    weight: Floats
    bias: Floats

    def of(self, numbers: Floats) -> Floats:
        """[..., O] of [..., I]."""
        found: Floats = numbers @ self.weight.T + self.bias
        return found


class Network(msgspec.Struct, frozen=True):
    """What was learnt: what is heard enters, the layers go on with it, and the readers tell of their state."""

    enter: Line
    layers: tuple[Gates, ...]
    readers: tuple[Line, ...]
    tell: Line

    def silence(self, *several: int) -> tuple[Floats, ...]:
        """The layers' states [..., W] before anything is heard."""
        return tuple(np.zeros((*several, layer.keep.shape[1]), np.float32) for layer in self.layers)

    def onward(self, state: tuple[Floats, ...], heard: Floats) -> tuple[Floats, ...]:
        """The states after something is heard [..., I]."""
        numbers, found = self.enter.of(heard), []
        for layer, before in zip(self.layers, state, strict=True):
            numbers = layer.step(numbers, before)
            found.append(numbers)
        return tuple(found)

    def tells(self, state: tuple[Floats, ...], known: Floats) -> Floats:
        """[..., O] scores, from the states and what else is known [..., K]."""
        numbers = np.concatenate([state[-1], known], -1)
        for line in self.readers:
            numbers = np.maximum(line.of(numbers), 0)
        return self.tell.of(numbers)


def unpacked(arrays: Mapping[str, Floats]) -> Network:
    """The network of arrays under the names that torch gives them: enter, core, readers 0, 1, ... and tell."""

    def line(name: str) -> Line:
        return Line(arrays[f"{name}.weight"], arrays[f"{name}.bias"])

    def gates(number: int) -> Gates:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return Gates(*(arrays[f"core.{name}_l{number}"] for name in names))

    layers = sum(name.startswith("core.weight_ih") for name in arrays)
    readers = sorted({name.rsplit(".", 1)[0] for name in arrays if name.startswith("readers.")})
    return Network(line("enter"), tuple(map(gates, range(layers))), tuple(map(line, readers)), line("tell"))


def _sigmoid(numbers: Floats) -> Floats:
    found: Floats = 0.5 + 0.5 * np.tanh(0.5 * numbers)
    return found
