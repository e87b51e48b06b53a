from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.session import open_session
from export.cvae.examples import examples
from export.cvae.places import SIZE, Places, find_places, save_places
from export.families.cvae import Conditional, Size
from tests.export.ensemble.bands import band

TINY = Size(width=32, heads=2, inner=64, encode=1, context=1, decode=1, latent=32, chain=32)


def places() -> Places:
    torch.manual_seed(1)
    model: Conditional = Conditional(TINY)
    model.eval()
    found: Places = find_places(model, examples([band(number) for number in range(4)], astray=0.0))
    return found


def test_the_axes_stand_upright_on_one_another_and_are_of_one_length() -> None:
    square = places().axes.T @ places().axes
    assert square.shape == (SIZE, SIZE)
    assert torch.allclose(square, square[0, 0] * torch.eye(SIZE), atol=float(square[0, 0]) * 1e-3)


def test_the_middle_of_music_lies_at_nothing() -> None:
    found = places()
    assert torch.allclose(found(found.centre[None]), torch.zeros(1, SIZE), atol=1e-5)


def test_the_graph_says_what_torch_says(tmp_path: Path) -> None:
    found = places()
    save_places(found, tmp_path / "describe.onnx")
    z = np.random.default_rng(3).normal(size=(1, TINY.latent)).astype(np.float32)
    (place,) = open_session(tmp_path / "describe.onnx", "cpu").run(("place",), {"z": z})
    np.testing.assert_allclose(place, found(torch.from_numpy(z)).numpy(), atol=1e-4)
