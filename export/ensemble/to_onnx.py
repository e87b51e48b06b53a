"""From a trained accompanist to `step.onnx` and `score.onnx`, which share their weights in `weights.bin`.

Weights of the large matrices are kept in 8 bits, each 64 numbers with a scale of their own (MatMulNBits), which an x86
core multiplies as whole numbers; the tables are kept in half precision.
"""

import copy
import hashlib
import io
import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from export.ensemble.graphs import (
    SCORE_OUTPUTS,
    STEP_OUTPUTS,
    Score,
    Step,
    Weights,
    score_example,
    score_inputs,
    step_example,
    step_inputs,
)
from export.families.transformer import Accompanist

OPSET = 20
BLOCK = 64
"""Weights that share a scale."""
BITS = 8
INTEGERS = 4
"""ONNX Runtime's accuracy level at which both sides are multiplied as whole numbers."""
SMALLEST = 96 * 96
"""Matrices with fewer weights stay as they are."""
WEIGHTS = "weights.bin"
INSIDE = 256
"""Bytes up to which a constant stays inside its graph."""
ALIGNED = 64

Graph = Any


def graphs(model: Accompanist) -> dict[str, Graph]:
    """`step` and `score` with whole weights; the axes of batch, chunk, prefix and suffix are free."""
    weights = Weights(model.eval()).eval()
    layers = model.size.layers
    batch, prefix, suffix, length = (
        torch.export.Dim(name, min=1, max=most)
        for name, most in (("batch", 64), ("prefix", 4096), ("suffix", 4096), ("length", 1024))
    )
    joined = torch.export.Dim.DYNAMIC
    far = [{1: prefix}, {0: prefix}]
    step_axes = {
        **{name: {0: batch} for name in step_example(layers)},
        "mask": {0: batch, 1: joined},
        "cache": [*far, {0: batch, 2: suffix}, {0: batch, 1: suffix}] * layers,
    }
    score_axes = {
        **{name: {0: length} for name in score_example(layers)},
        "mask": {0: length, 1: joined},
        "cache": [*far, {1: suffix}, {0: suffix}] * layers,
    }
    return {
        "step": _graph(Step(weights), step_example(layers), step_axes, step_inputs(layers), STEP_OUTPUTS),
        "score": _graph(Score(weights), score_example(layers), score_axes, score_inputs(layers), SCORE_OUTPUTS),
    }


def save(made: dict[str, Graph], folder: Path) -> None:
    """Write graphs and their weights into a folder; the graphs' constants are moved out of them."""
    folder.mkdir(parents=True, exist_ok=True)
    content = bytearray()
    places: dict[bytes, int] = {}
    for name, graph in made.items():
        _share(graph, content, places)
        (folder / f"{name}.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    (folder / WEIGHTS).write_bytes(bytes(content))


def quantise(graph: Graph) -> Graph:
    """A copy of the graph with its large matrices in 8 bits."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    graph = copy.deepcopy(graph)
    sizes = {tensor.name: list(tensor.dims) for tensor in graph.graph.initializer}
    small = [
        node.name
        for node in graph.graph.node
        if node.op_type == "MatMul" and torch.Size(sizes.get(node.input[1], [0])).numel() < SMALLEST
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


def _graph(
    module: torch.nn.Module,
    example: dict[str, object],
    axes: Mapping[str, object],
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> Graph:
    import onnx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            (),
            kwargs=example,
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=axes,
            verbose=False,
        )
    assert program is not None
    buffer = io.BytesIO()
    program.save(buffer)
    graph = onnx.load_from_string(buffer.getvalue())
    onnx.checker.check_model(graph, full_check=True)
    del graph.metadata_props[:]
    del graph.graph.value_info[:]
    for number, node in enumerate(graph.graph.node):
        node.doc_string = ""
        node.name = f"{node.op_type}_{number}"
        del node.metadata_props[:]
    return graph


def _share(graph: Graph, content: bytearray, places: dict[bytes, int]) -> None:
    """Move the graph's larger constants into `content`, each once."""
    import onnx
    from onnx.external_data_helper import set_external_data

    for tensor in graph.graph.initializer:
        raw = onnx.numpy_helper.to_array(tensor).tobytes()
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
