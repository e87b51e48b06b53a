"""From a trained music-theory VAE to `encode.onnx`, `decode.onnx` and `prior.onnx`, weights in half precision.

The graphs compute in full precision: each weight is widened once, when ONNX Runtime loads it.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from bridge.engine.theory_idea import LATENTS, SOUNDING, Prior
from bridge.engine.theory_layout import BARS, DEGREES, GROUNDS, HALVES, SLOTS, STEPS, SYMBOLS
from bridge.engine.theory_model import DEVIATIONS
from export.families.theory_vae import TheoryVae
from export.theory.axes import Axes
from export.theory.blocks import Latents
from export.theory.phrases import Batch
from export.traced import free, traced

OPSET = 20
SMALLEST = 256
"""Weights from so many numbers on are kept in half precision."""
PHRASE = ("states", "lead", "chords", "bass", "symbols", "known", "bar")
DECODED = ("states", "lead_odds", "chords_odds", "bass_odds")

Graph = Any


class Encode(nn.Module):  # type: ignore[misc]
    """A phrase to the mean of every latent, categories as probabilities, and the deviation of the others."""

    def __init__(self, model: TheoryVae) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        states: Tensor,
        lead: Tensor,
        chords: Tensor,
        bass: Tensor,
        symbols: Tensor,
        known: Tensor,
        bar: Tensor,
    ) -> tuple[Tensor, ...]:
        """See `bridge.engine.theory_model`."""
        found = self.model.encode(Batch(states, lead, chords, bass, symbols, known, bar, bar))
        mean = {
            **found.mean,
            "degree": torch.softmax(found.degree, -1),
            "pattern": torch.softmax(found.pattern, -1),
            "chord": torch.softmax(found.chord, -1),
            "ground": torch.softmax(found.ground, -1),
        }
        return (*(mean[name] for name in LATENTS), *(found.deviation[name].exp() for name in DEVIATIONS))


class Decode(nn.Module):  # type: ignore[misc]
    """Latents to what sounds, as logits."""

    def __init__(self, model: TheoryVae) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        degree: Tensor,
        pitch: Tensor,
        pattern: Tensor,
        rhythm: Tensor,
        chord: Tensor,
        ground: Tensor,
        harmony: Tensor,
        marks: Tensor,
        bar: Tensor,
        told: Tensor,
    ) -> tuple[Tensor, ...]:
        """See `bridge.engine.theory_model`."""
        none = marks[:, :0]  # structure works on the others before
        latents = Latents(degree, pitch, pattern, rhythm, chord, ground, harmony, none, marks)
        return self.model.decode(latents, bar, told)


def halved(model: TheoryVae) -> TheoryVae:
    """The model with its weights rounded as they will be kept, in place."""
    with torch.no_grad():
        axes = (getattr(part, name) for part in model.modules() if isinstance(part, Axes) for name in ("there", "back"))
        for weight in (*model.parameters(), *axes):
            if weight.numel() >= SMALLEST:
                weight.copy_(weight.half().float())
    model.eval()
    return model


def example(model: TheoryVae, batch: int = 2) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Inputs of both graphs, with their real shapes."""
    size = model.size
    # No tensor may be given twice: the exporter would take two inputs for one.
    whole, bar = torch.zeros(batch, 3, STEPS, dtype=torch.int64), torch.full((batch,), 16)
    line = torch.ones(batch, STEPS, dtype=torch.int64)
    phrase = (
        whole, line, torch.zeros(batch, STEPS, 56), line.clone(), torch.zeros(batch, HALVES, dtype=torch.int64),
        torch.ones(batch, 3), bar,
    )  # fmt: skip
    latents = (
        torch.full((batch, BARS * SLOTS, DEGREES), 1 / DEGREES),
        torch.zeros(batch, BARS, size.pitch),
        torch.full((batch, BARS, 3, size.patterns), 1 / size.patterns),
        torch.zeros(batch, BARS, size.rhythm),
        torch.full((batch, HALVES, SYMBOLS), 1 / SYMBOLS),
        torch.full((batch, BARS * GROUNDS, DEGREES), 1 / DEGREES),
        torch.zeros(batch, BARS, size.harmony),
        torch.zeros(batch, 7),
    )
    return phrase, (*latents, bar.clone(), whole - 1)


def graphs(model: TheoryVae) -> dict[str, Graph]:
    """The three graphs of a model whose weights are `halved`; the axis of the batch is free."""
    phrase, latents = example(model)
    believed = (*LATENTS, *(f"{name}_deviation" for name in DEVIATIONS))
    return {
        "encode": narrowed(_graph(Encode(model), phrase, PHRASE, believed)),
        "decode": narrowed(_graph(Decode(model), latents, (*SOUNDING, "bar", "told"), DECODED)),
        "prior": _tables(model),
    }


def save(made: dict[str, Graph], folder: Path) -> None:
    """Write the graphs into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, graph in made.items():
        (folder / f"{name}.onnx").write_bytes(graph.SerializeToString(deterministic=True))


def narrowed(graph: Graph) -> Graph:
    """The graph with its large weights in half precision, each followed by a cast to full, and none of them twice."""
    import onnx

    _once(graph)
    casts: list[Graph] = []
    for tensor in graph.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < SMALLEST:
            continue
        name = tensor.name
        half = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).astype(np.float16), f"{name}_half")
        tensor.CopyFrom(half)
        casts.append(onnx.helper.make_node("Cast", [f"{name}_half"], [name], f"widen_{len(casts)}", to=1))
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    _terse(graph)
    onnx.checker.check_model(graph, full_check=True)
    return graph


def _terse(graph: Graph) -> None:
    """Number what is between inputs and outputs: hundreds of long names would be a twentieth of the file."""
    names = {value.name: value.name for value in (*graph.graph.input, *graph.graph.output)}
    for tensor in graph.graph.initializer:
        tensor.name = names.setdefault(tensor.name, str(len(names)))
    for node in graph.graph.node:
        node.name = ""
        for row in (node.input, node.output):
            row[:] = [names.setdefault(name, str(len(names))) if name else "" for name in row]


def _once(graph: Graph) -> None:
    """Keep one of the weights that are the same, as are those of what is written twice."""
    first: dict[tuple[int, tuple[int, ...], bytes], str] = {}
    same: dict[str, str] = {}
    for tensor in graph.graph.initializer:
        name = first.setdefault((tensor.data_type, tuple(tensor.dims), tensor.raw_data), tensor.name)
        if name != tensor.name:
            same[tensor.name] = name
    kept = [tensor for tensor in graph.graph.initializer if tensor.name not in same]
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(kept)
    for node in graph.graph.node:
        node.input[:] = [same.get(name, name) for name in node.input]


def _tables(model: TheoryVae) -> Graph:
    """A graph without inputs that gives the priors' tables."""
    import onnx

    learnt = {**dict(model.named_parameters()), **dict(model.named_buffers()), "form": model.form_table()}
    tables = {name: learnt[name].detach().numpy().astype(np.float32) for name in Prior._fields}
    weights = [onnx.numpy_helper.from_array(table, f"{name}_table") for name, table in tables.items()]
    nodes = [onnx.helper.make_node("Identity", [f"{name}_table"], [name], name) for name in tables]
    outputs = [onnx.helper.make_tensor_value_info(name, 1, list(table.shape)) for name, table in tables.items()]
    graph = onnx.helper.make_graph(nodes, "prior", [], outputs, weights)
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(made, full_check=True)
    return narrowed(made)


def _graph(module: nn.Module, inputs: tuple[Tensor, ...], names: tuple[str, ...], outputs: tuple[str, ...]) -> Graph:
    return traced(module.eval(), inputs, names, outputs, free(inputs, "batch"), OPSET)
