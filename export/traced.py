"""From a torch module to a checked ONNX graph that holds nothing but itself: no traces of the machine that made it."""

import io
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

OPSET = 20
MOST = 64
"""Rows at most along an axis that is free."""

Given = tuple[Tensor, ...] | dict[str, Tensor]
"""Inputs of the right shapes, in order or by the module's own names for them."""


def free(given: Given, name: str = "rows") -> Any:
    """Axes where the first one of every input is free."""
    rows = torch.export.Dim(name, min=1, max=MOST)
    return {each: {0: rows} for each in given} if isinstance(given, dict) else tuple({0: rows} for _ in given)


def traced(
    module: nn.Module,
    given: Given,
    names: Sequence[str],
    outputs: Sequence[str],
    axes: Any = None,
    opset: int = OPSET,
) -> Any:
    """A module as a graph (a ModelProto) with its inputs and outputs named; `axes` says which may vary."""
    import onnx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            () if isinstance(given, dict) else given,
            kwargs=given if isinstance(given, dict) else None,
            dynamo=True,
            opset_version=opset,
            input_names=list(names),
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


def content(graph: Any) -> bytes:
    """A graph as a file holds it: the same graph is always the same bytes."""
    found: bytes = graph.SerializeToString(deterministic=True)
    return found
