from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bridge.engine.session import Session
from bridge.engine.shapes import expect
from bridge.errors import PackError

FED = {"x": ((None, 3), np.float32), "n": ((None,), np.int64)}
GIVEN = {"y": ((2, None, 5), np.float32)}


def session(inputs: dict[str, tuple[list[object], str]], outputs: dict[str, tuple[list[object], str]]) -> Session:
    def tensors(of: dict[str, tuple[list[object], str]]) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name, shape=shape, type=f"tensor({kind})") for name, (shape, kind) in of.items()]

    raw = SimpleNamespace(
        get_providers=lambda: ["CPUExecutionProvider"],
        get_inputs=lambda: tensors(inputs),
        get_outputs=lambda: tensors(outputs),
    )
    return Session(raw, Path("p/g.onnx"))


SOUND_IN: dict[str, tuple[list[object], str]] = {"x": (["batch", 3], "float"), "n": (["batch"], "int64")}
SOUND_OUT: dict[str, tuple[list[object], str]] = {"y": ([2, "batch", 5], "float"), "more": ([1], "float")}


def test_a_graph_that_fits_may_give_more_than_is_taken() -> None:
    expect("small", "step", session(SOUND_IN, SOUND_OUT), FED, GIVEN)


@pytest.mark.parametrize(
    ("inputs", "outputs", "said"),
    [
        ({"x": (["batch", 4], "float")}, {}, r"in x .\[any, 4\] float32, not \[any, 3\].;"),
        ({"x": (["batch", 3], "float16")}, {}, r"in x .\[any, 3\] float16, not"),
        ({"z": ([1], "float")}, {}, r"in z .not fed.; get the pack again"),
        ({}, {"y": ([3, "batch", 5], "float")}, r"in y .\[3, any, 5\] float32, not \[2, any, 5\]"),
        ({"x": ([1], "float")}, {"y": ([1], "float")}, r"in x .*, y .*;"),
    ],
)
def test_a_graph_that_differs_is_refused_in_one_line_that_names_where(
    inputs: dict[str, tuple[list[object], str]], outputs: dict[str, tuple[list[object], str]], said: str
) -> None:
    with pytest.raises(PackError, match=said) as found:
        expect("small", "step", session(SOUND_IN | inputs, SOUND_OUT | outputs), FED, GIVEN)
    assert "\n" not in str(found.value)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(PackError, match=r"n .missing., y .missing."):
        expect("small", "step", session({"x": SOUND_IN["x"]}, {}), FED, GIVEN)
