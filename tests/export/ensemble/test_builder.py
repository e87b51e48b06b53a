import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("onnx")

from pathlib import Path

from bridge.engine.session import Session, open_session
from export.ensemble.builder import BLOCK, Builder, quantised, restored

pytestmark = pytest.mark.train


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 200), st.integers(1, 40), st.integers(0, 1000))
def test_weights_in_bytes_are_near_and_come_back_the_same_from_then_on(rows: int, columns: int, seed: int) -> None:
    weight = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    packed, scales = quantised(weight)
    once = restored(packed, scales, rows)
    assert np.abs(once - weight).max() <= scales.max() * 0.51
    again, _ = quantised(once)
    assert (again == packed).all()


def made(folder: Path, rows: int, columns: int, whole: bool) -> tuple[Session, np.ndarray]:
    weight = np.random.default_rng(1).normal(size=(rows, columns)).astype(np.float32)
    bias = np.arange(columns, dtype=np.float32)
    graph = Builder(whole)
    x = graph.input("x", np.float32, ["rows", rows])
    model = graph.build([("y", graph.linear(x, weight, "layer", bias), np.float32, ["rows", columns])])
    folder.mkdir(exist_ok=True)
    (folder / "g.onnx").write_bytes(model.SerializeToString())
    return open_session(folder / "g.onnx", "cpu"), weight


def test_a_layer_in_bytes_does_what_the_whole_one_does(tmp_path: Path) -> None:
    x = np.random.default_rng(2).normal(size=(5, 2 * BLOCK)).astype(np.float32)
    whole, weight = made(tmp_path / "whole", 2 * BLOCK, 128, True)
    small, _ = made(tmp_path / "bytes", 2 * BLOCK, 128, False)
    expected = x @ weight + np.arange(128, dtype=np.float32)
    np.testing.assert_allclose(whole.run(["y"], {"x": x})[0], expected, atol=1e-4)
    assert np.abs(small.run(["y"], {"x": x})[0] - expected).max() < 0.5


def test_every_row_of_a_batch_is_what_it_is_alone_to_the_last_bit(tmp_path: Path) -> None:
    x = np.random.default_rng(3).normal(size=(23, 6 * BLOCK)).astype(np.float32)
    layer, _ = made(tmp_path / "bytes", 6 * BLOCK, 192, False)
    together = layer.run(["y"], {"x": x})[0]
    for size in (1, 2, 5, 8):
        apart = [layer.run(["y"], {"x": x[at : at + size]})[0] for at in range(0, len(x), size)]
        assert (np.concatenate(apart) == together).all()
