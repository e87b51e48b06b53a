"""The layers of the accompanist as nodes of a graph: what `step` and `score` have in common.

Rows are events: candidates in `step`, moments of one stream in `score`. All rows look at one cache of columns, and at
each other's new columns, as far as their rows of the mask allow. The graph gives back the new columns alone; the host
keeps the cache and writes them into their places.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.features import COLUMNS, HEAD, PAIRS
from export.ensemble.builder import MICROSOFT, Builder
from export.families.transformer import Accompanist, Size

EPSILON = 1.0e-5
"""Of the layer norms, as torch has it."""
Arrays = Mapping[str, NDArray[Any]]


class Weights:
    """The accompanist's weights by name as plain arrays; matrices are [in, out]."""

    def __init__(self, model: Accompanist) -> None:
        self.size: Size = model.size
        self.arrays: Arrays = {name: weight.detach().float().cpu().numpy() for name, weight in model.named_parameters()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def matrix(self, name: str) -> NDArray[Any]:
        """The weight of a linear layer for `x @ w`."""
        return self.arrays[f"{name}.weight"].T

    def looking(self, layer: int) -> NDArray[Any]:
        """What makes queries, keys and values, the queries scaled; the scale is a power of two, so nothing is lost."""
        scaled = self.arrays[f"blocks.{layer}.look.weight"].copy()
        scaled[: self.size.heads * HEAD] *= HEAD**-0.5
        return scaled.T


class Trunk:
    """The trunk's nodes; `top` is what is known after each row's event."""

    def __init__(self, graph: Builder, weights: Weights) -> None:
        self.graph = graph
        self.weights = weights
        self.columns = graph.input("columns", np.int64, [1, "rows", COLUMNS])
        self.controls = graph.input("controls", np.float32, [1, "rows", CONTROLS])
        self.cos = graph.input("cos", np.float32, ["rows", PAIRS])
        self.sin = graph.input("sin", np.float32, ["rows", PAIRS])
        self.mask = graph.input("mask", np.float32, [1, "looks", "seen"])
        """To add to the scores, a row for each head of each row, or one for all."""
        self.past = graph.input("past", np.int64, [2])
        """Columns of the cache, and rows."""
        self._keys: list[str] = []
        self._values: list[str] = []
        self.top = self._layers()

    @property
    def new(self) -> tuple[str, str]:
        """The new keys and values [1, rows, layers * 64]."""
        return self.graph.node("Concat", *self._keys, axis=2), self.graph.node("Concat", *self._values, axis=2)

    def _layers(self) -> str:
        graph, weights = self.graph, self.weights
        table = graph.constant(weights["table.weight"].astype(np.float16), "table")
        rows = graph.node("Cast", graph.node("Gather", table, self.columns), to=1)
        x = graph.node("ReduceSum", rows, graph.numbers(2), keepdims=0)
        more = graph.linear(self.controls, weights.matrix("wish"), "wish", weights["wish.bias"])
        for layer in range(weights.size.layers):
            name = f"blocks.{layer}"
            normed, x = self._norm(x, more, f"{name}.before")
            found = graph.linear(self._look(normed, layer), weights.matrix(f"{name}.found"), f"{name}.found")
            normed, x = self._norm(x, found, f"{name}.between")
            wide = graph.node("Relu", graph.linear(normed, weights.matrix(f"{name}.widen"), f"{name}.widen"))
            squared = graph.node("Mul", wide, wide)
            more = graph.linear(squared, weights.matrix(f"{name}.narrow"), f"{name}.narrow")
        return self._norm(x, more, "after")[0]

    def _norm(self, x: str, more: str, name: str) -> tuple[str, str]:
        """The norm of a sum, and the sum."""
        weight = self.graph.constant(self.weights[f"{name}.weight"], name)
        made = self.graph.nodes("SkipLayerNormalization", 4, x, more, weight, domain=MICROSOFT, epsilon=EPSILON)
        return made[0], made[3]

    def _look(self, x: str, layer: int) -> str:
        graph, heads = self.graph, self.weights.size.heads
        keys = graph.input(f"keys_{layer}", np.float32, ["cached", HEAD])
        values = graph.input(f"values_{layer}", np.float32, ["cached", HEAD])
        joined = graph.linear(x, self.weights.looking(layer), f"blocks.{layer}.look")
        queries, key, value = graph.split(joined, (heads * HEAD, HEAD, HEAD), 2)
        key = self._turned(key, 1)
        self._keys.append(key)
        self._values.append(value)
        asking = graph.node("Reshape", self._turned(queries, heads), graph.numbers(1, -1, HEAD))
        far = graph.node("FusedMatMul", asking, keys, domain=MICROSOFT, transB=1)
        own = graph.node("FusedMatMul", asking, key, domain=MICROSOFT, transB=1)
        scores = graph.node("Add", graph.node("Concat", far, own, axis=2), self.mask)
        shares = graph.node("Softmax", scores, axis=2)
        to_far, to_own = graph.nodes("Split", 2, shares, self.past, axis=2)
        seen = graph.node("Add", graph.node("MatMul", to_far, values), graph.node("MatMul", to_own, value))
        return graph.node("Reshape", seen, graph.numbers(1, -1, heads * HEAD))

    def _turned(self, x: str, heads: int) -> str:
        """Heads [1, rows, heads * 64] turned by the angles of their rows."""
        first = self.graph.numbers(0)
        return self.graph.node(
            "RotaryEmbedding", x, first, self.cos, self.sin, domain=MICROSOFT, num_heads=heads, interleaved=0
        )
