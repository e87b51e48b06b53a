import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.diffusion import INPUTS
from bridge.engine.diffusion_roll import LOGITS
from bridge.engine.window import STEPS
from export.families.diffusion import Denoiser, Size

TINY = Size(layers=2, width=64, heads=4, inner=96)


def seen(rows: int = 3) -> dict[str, torch.Tensor]:
    """Random inputs."""
    torch.manual_seed(1)
    return {name: torch.randn([axis or rows for axis in shape]) for name, (shape, _) in INPUTS.items()}


def test_it_answers_for_every_step_of_the_window() -> None:
    assert Denoiser(TINY)(**seen()).shape == (3, STEPS, LOGITS)


def test_one_window_does_not_see_another() -> None:
    model = Denoiser(TINY).eval()
    rows = seen()
    alone = {name: tensor[1:2] for name, tensor in rows.items()}
    with torch.no_grad():
        assert torch.allclose(model(**rows)[1:2], model(**alone), atol=1e-5)


def test_everything_that_it_is_shown_can_matter() -> None:
    model, rows = Denoiser(TINY), seen(1)
    for tensor in rows.values():
        tensor.requires_grad_()
    model(**rows).square().sum().backward()
    for name, tensor in rows.items():
        assert tensor.grad is not None
        assert float(tensor.grad.abs().sum()) > 0, name
