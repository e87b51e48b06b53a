"""From a trained denoiser to `denoise.onnx`, its large matrices in 8 bits with a scale for every 64 numbers."""

import io
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bridge.engine.diffusion import INPUTS, OUTPUTS
from export.families.diffusion import Denoiser

OPSET = 20
BLOCK, BITS = 64, 8
INTEGERS = 4
"""ONNX Runtime's accuracy level at which both sides are multiplied as whole numbers."""
SMALLEST = 96 * 96
"""Matrices with fewer weights stay as they are."""
ROWS = 2
"""Of the example; the axis is free."""


def example(rows: int = ROWS) -> dict[str, torch.Tensor]:
    """Inputs of the right shapes."""
    return {name: torch.zeros([axis or rows for axis in shape]) for name, (shape, _) in INPUTS.items()}


def whole(model: Denoiser) -> Any:
    """The graph with whole weights."""
    import onnx

    axis = torch.export.Dim("rows", min=1, max=64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model.eval(),
            (),
            kwargs=example(),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes={name: {0: axis} for name in INPUTS},
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


def quantised(graph: Any) -> Any:
    """A copy of a graph with its large matrices in 8 bits."""
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    copy = onnx.ModelProto()
    copy.CopyFrom(graph)
    sizes = {tensor.name: int(np.prod(tensor.dims)) for tensor in copy.graph.initializer}
    small = [n.name for n in copy.graph.node if n.op_type == "MatMul" and sizes.get(n.input[1], 0) < SMALLEST]
    level = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        quantiser = MatMulNBitsQuantizer(
            copy, block_size=BLOCK, is_symmetric=True, accuracy_level=INTEGERS, bits=BITS, nodes_to_exclude=small
        )
        quantiser.process()
    finally:
        logging.disable(level)
    found = quantiser.model.model
    found.graph.name = "graph"
    return found


def save(graph: Any, path: Path) -> None:
    """Write a graph to a file."""
    path.write_bytes(graph.SerializeToString(deterministic=True))
