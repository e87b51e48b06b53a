"""Building an ONNX graph node by node: fewer and larger nodes than an exporter makes, as each costs a microsecond.

Large matrices are kept in 8 bits, each 64 weights with a scale of their own (MatMulNBits), which an x86 core multiplies
as whole numbers. Blocks of 64 are the ones for which ONNX Runtime gives every row of a batch the very same bits as the
row alone, so that it does not matter how many events are read at a time.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 20
IR = 9
BLOCK = 64
"""Weights that share a scale."""
BITS = 8
ZERO = 128
"""The byte that stands for 0."""
STEPS = 127
INTEGERS = 4
"""ONNX Runtime's accuracy level at which both sides are multiplied as whole numbers."""
SMALLEST = 96 * 96
"""Matrices with fewer weights stay as they are, and so do those with rows shorter than a block."""
MICROSOFT = "com.microsoft"

Array = NDArray[Any]
Shape = Sequence[int | str]


class Builder:
    """A graph under way. `whole` keeps all weights in full, to be compared with torch."""

    def __init__(self, whole: bool = False) -> None:
        self.whole = whole
        self._nodes: list[Any] = []
        self._inputs: list[Any] = []
        self._constants: dict[str, Any] = {}
        self._known: dict[tuple[str, bytes, tuple[int, ...]], str] = {}

    def input(self, name: str, kind: type[np.generic], shape: Shape) -> str:
        """Declare an input; axes with names are free."""
        import onnx

        element = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(kind))
        self._inputs.append(onnx.helper.make_tensor_value_info(name, element, list(shape)))
        return name

    def constant(self, array: Array, name: str = "") -> str:
        """A constant under a name of its own, or the one that is there already with the same value."""
        import onnx

        array = np.ascontiguousarray(array)
        key = (array.dtype.str, array.tobytes(), array.shape)
        if not name and key in self._known:
            return self._known[key]
        name = name or f"constant_{len(self._constants)}"
        self._constants[name] = onnx.numpy_helper.from_array(array, name)
        self._known.setdefault(key, name)
        return name

    def numbers(self, *values: int) -> str:
        """Whole numbers as a vector: axes, sizes, shapes."""
        return self.constant(np.array(values, np.int64))

    def node(self, kind: str, *inputs: str, domain: str = "", **more: Any) -> str:
        """Add a node with one output, and return the output's name."""
        return self.nodes(kind, 1, *inputs, domain=domain, **more)[0]

    def nodes(self, kind: str, outputs: int, *inputs: str, domain: str = "", **more: Any) -> list[str]:
        """Add a node with some outputs."""
        import onnx

        name = f"{kind}_{len(self._nodes)}"
        names = [name] if outputs == 1 else [f"{name}_{n}" for n in range(outputs)]
        self._nodes.append(onnx.helper.make_node(kind, list(inputs), names, name, domain=domain, **more))
        return names

    def split(self, x: str, sizes: Sequence[int], axis: int) -> list[str]:
        """Parts of a tensor along an axis."""
        return self.nodes("Split", len(sizes), x, self.numbers(*sizes), axis=axis)

    def linear(self, x: str, weight: Array, name: str, bias: Array | None = None) -> str:
        """`x @ weight + bias` for a weight [K, N] of this name; x may have any number of axes where it is large."""
        rows, columns = weight.shape
        bias = None if bias is None else bias.astype(np.float32)
        if self.whole or weight.size < SMALLEST or rows < BLOCK:
            product = self.node("MatMul", x, self.constant(weight.astype(np.float32), name))
            return product if bias is None else self.node("Add", product, self.constant(bias, f"{name}.bias"))
        packed, scales = quantised(weight)
        inputs = [x, self.constant(packed, f"{name}.bytes"), self.constant(scales, f"{name}.scales")]
        if bias is not None:
            inputs += ["", "", self.constant(bias, f"{name}.bias")]
        return self.node(
            "MatMulNBits", *inputs, domain=MICROSOFT,
            K=rows, N=columns, bits=BITS, block_size=BLOCK, accuracy_level=INTEGERS,
        )  # fmt: skip

    def build(self, outputs: Sequence[tuple[str, str, type[np.generic], Shape]]) -> Any:
        """The graph, checked; each output as (its name outside, inside, dtype, shape)."""
        import onnx

        given = []
        for name, _, kind, shape in outputs:
            element = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(kind))
            given.append(onnx.helper.make_tensor_value_info(name, element, list(shape)))
        outside = {inside: name for name, inside, _, _ in outputs}
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [outside.get(name, name) for name in names]
        graph = onnx.helper.make_graph(self._nodes, "graph", self._inputs, given, list(self._constants.values()))
        versions = [onnx.helper.make_opsetid("", OPSET), onnx.helper.make_opsetid(MICROSOFT, 1)]
        model = onnx.helper.make_model(graph, opset_imports=versions, ir_version=IR, producer_name="antiphon")
        onnx.checker.check_model(model)
        return model


def quantised(weight: Array) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A weight [K, N] as bytes [N, blocks, 64] and scales [N * blocks]."""
    rows, columns = weight.shape
    blocks = -(-rows // BLOCK)
    padded = np.zeros((columns, blocks * BLOCK), np.float32)
    padded[:, :rows] = weight.T
    parts = padded.reshape(columns, blocks, BLOCK)
    scales = (np.abs(parts).max(2, keepdims=True) / STEPS).astype(np.float32)
    steps = np.rint(parts / np.where(scales > 0, scales, 1.0))
    return (steps.clip(-STEPS, STEPS) + ZERO).astype(np.uint8), scales.reshape(-1)


def restored(packed: NDArray[np.uint8], scales: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """The weight [K, N] that bytes and scales stand for."""
    parts = (packed.astype(np.float32) - ZERO) * scales.reshape(packed.shape[0], packed.shape[1], 1)
    found: NDArray[np.float32] = parts.reshape(packed.shape[0], -1)[:, :rows].T
    return found
