"""Writing graphs that share their weights in `weights.bin`, reading weights back, and 8 bits for exported graphs."""

import copy
import hashlib
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.ensemble.builder import BITS, BLOCK, INTEGERS, SMALLEST

WEIGHTS = "weights.bin"
INSIDE = 256
"""Bytes up to which a constant stays inside its graph."""
ALIGNED = 64


def save(made: Mapping[str, Any], folder: Path) -> None:
    """Write graphs and their weights into a folder; the graphs' constants are moved out of them."""
    folder.mkdir(parents=True, exist_ok=True)
    content = bytearray()
    places: dict[bytes, int] = {}
    for name, graph in made.items():
        _share(graph, content, places)
        (folder / f"{name}.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    (folder / WEIGHTS).write_bytes(bytes(content))


def constants(path: Path) -> dict[str, NDArray[Any]]:
    """A graph's constants by name. Raises OSError or ValueError where it cannot be read."""
    import onnx

    graph = onnx.load(str(path))
    return {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.graph.initializer}


def quantise(graph: Any) -> Any:
    """A copy of an exported graph with its large matrices in 8 bits, as `Builder` has them from the start."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    graph = copy.deepcopy(graph)
    sizes = {tensor.name: list(tensor.dims) for tensor in graph.graph.initializer}
    small = [
        node.name
        for node in graph.graph.node
        if node.op_type == "MatMul" and math.prod(sizes.get(node.input[1], [0])) < SMALLEST
    ]
    level = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        quantiser = MatMulNBitsQuantizer(
            graph, block_size=BLOCK, is_symmetric=True, accuracy_level=INTEGERS, bits=BITS, nodes_to_exclude=small
        )
        quantiser.process()
    finally:
        logging.disable(level)
    found = quantiser.model.model
    found.graph.name = "graph"
    return found


def _share(graph: Any, content: bytearray, places: dict[bytes, int]) -> None:
    """Move the graph's larger constants into `content`, each once."""
    import onnx
    from onnx.external_data_helper import set_external_data

    for tensor in graph.graph.initializer:
        raw = np.ascontiguousarray(onnx.numpy_helper.to_array(tensor)).tobytes()
        if len(raw) <= INSIDE:
            continue
        key = hashlib.sha256(raw).digest()
        if key not in places:
            content.extend(bytes(-len(content) % ALIGNED))
            places[key] = len(content)
            content.extend(raw)
        tensor.raw_data = raw
        set_external_data(tensor, WEIGHTS, offset=places[key], length=len(raw))
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
