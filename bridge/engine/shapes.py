"""The shapes that a family expects of a graph, and the one line that says where a graph differs."""

from collections.abc import Mapping

from bridge.engine.session import Session, Tensor
from bridge.errors import PackError

Shapes = Mapping[str, tuple[tuple[int | None, ...], type]]
"""Name of an input or output -> its shape (None where the axis is free) and dtype."""


def expect(pack: str, graph: str, session: Session, inputs: Shapes, outputs: Shapes) -> None:
    """Compare a graph with what its family feeds it and takes from it. Raises PackError that names what differs.

    It may give more than is taken, but not ask for more than it is fed.
    """
    surplus = [f"{name} (not fed)" for name in session.inputs.keys() - inputs.keys()]
    wrong = [*_differing(session.inputs, inputs), *surplus, *_differing(session.outputs, outputs)]
    if wrong:
        raise PackError(
            f"{pack}: its {graph} graph differs from its card in {', '.join(sorted(wrong))}; get the pack again"
        )


def _differing(found: Mapping[str, Tensor], expected: Shapes) -> list[str]:
    wrong = []
    for name, (shape, dtype) in expected.items():
        tensor = found.get(name)
        if tensor is None:
            wrong.append(f"{name} (missing)")
        elif (tensor.shape, tensor.dtype) != (shape, dtype):
            wrong.append(f"{name} ({_words(tensor.shape)} {tensor.dtype.__name__}, not {_words(shape)})")
    return wrong


def _words(shape: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("any" if axis is None else str(axis) for axis in shape) + "]"
