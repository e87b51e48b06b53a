"""Packs that mean no good: copies of those that ship, with one of their graphs altered and hashed anew."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bridge.engine.pack import Card, File, digest, read_card
from export.toml import dumps
from tests.bridge.engine.shipped import MODELS

KIND = {TensorProto.FLOAT: np.float32, TensorProto.INT64: np.int64}


class Hostile:
    """A copy of a shipped pack in a folder, of which one graph is altered by the methods, then `write`n."""

    def __init__(self, pack: str, graph: str, into: Path) -> None:
        self.folder = into / pack
        shutil.copytree(MODELS / pack, self.folder)
        self.card = read_card(self.folder)
        (self._file,) = (file for file in self.card.graphs[graph] if "cpu" in file.providers)
        self._graph = graph
        self.model = onnx.load(str(self.folder / self._file.path), load_external_data=False)

    @classmethod
    def outputs(cls, pack: str, graph: str) -> list[Any]:
        """What a shipped pack's graph says of its outputs."""
        file = next(file for file in read_card(MODELS / pack).graphs[graph] if "cpu" in file.providers)
        return list(onnx.load(str(MODELS / pack / file.path), load_external_data=False).graph.output)

    def output(self, name: str) -> Any:
        """What the graph says of an output."""
        return next(each for each in self.model.graph.output if each.name == name)

    def after(self, output: str, operator: str, *operands: np.ndarray[Any, Any]) -> "Hostile":
        """Put an operator behind an output, which keeps its name."""
        graph, inner = self.model.graph, f"{output}_meant"
        for node in graph.node:
            node.output[:] = [inner if name == output else name for name in node.output]
            node.input[:] = [inner if name == output else name for name in node.input]
        names = [f"{output}_hostile_{number}" for number in range(len(operands))]
        for name, operand in zip(names, operands, strict=True):
            graph.initializer.append(numpy_helper.from_array(operand, name))
        graph.node.append(helper.make_node(operator, [inner, *names], [output]))
        return self

    def plus(self, output: str, value: float) -> "Hostile":
        """Add a number to all of an output."""
        kind = KIND[self.output(output).type.tensor_type.elem_type]
        return self.after(output, "Add", np.array(value, kind))

    def deeper(self, output: str) -> "Hostile":
        """Give an output one axis more than it should have."""
        axes = self.output(output).type.tensor_type.shape.dim
        axes.insert(0, type(axes[0])(dim_value=1))
        return self.after(output, "Unsqueeze", np.array([0], np.int64))

    def asking(self, name: str = "purse") -> "Hostile":
        """Want an input that no family feeds."""
        self.model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]))
        return self

    def claiming(self, *axes: int) -> "Hostile":
        """Claim to hold floats of these axes, without having them."""
        self.model.graph.initializer.append(TensorProto(name="hoard", dims=axes, data_type=TensorProto.FLOAT))
        return self

    def write(self) -> Path:
        """Save it with a card that tells its hash; the pack's folder."""
        path = self.folder / self._file.path
        path.write_bytes(self.model.SerializeToString())
        files = [_hashed(self.folder, file, self._file.path) for file in self.card.graphs[self._graph]]
        card = msgspec.structs.replace(self.card, graphs={**self.card.graphs, self._graph: tuple(files)})
        (self.folder / "pack.toml").write_text(dumps(msgspec.to_builtins(card)), "utf-8")
        return self.folder


def _hashed(folder: Path, file: File, path: str) -> File:
    return msgspec.structs.replace(file, sha256=digest(folder / path)) if file.path == path else file


def graphs(card: Card) -> Sequence[str]:
    """The names of a card's graphs, in order."""
    return sorted(card.graphs)
