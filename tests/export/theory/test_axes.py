import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from export.theory.axes import Axes

pytestmark = pytest.mark.train


def rows() -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(500, 5) @ torch.randn(5, 5) + 3


def found(count: int) -> Axes:
    axes = Axes(5, count)
    axes.find(rows())
    return axes


def test_what_is_measured_has_a_deviation_of_one_and_comes_back() -> None:
    axes = found(5)
    numbers = axes.measured(rows())
    assert torch.allclose(axes.laid(numbers), rows(), atol=1e-3)
    assert torch.allclose(torch.cov(numbers.T), torch.eye(5), atol=1e-3)


def test_few_axes_are_the_widest() -> None:
    few, all_ = found(2), found(9)
    assert (few.count, all_.count) == (2, 5)
    assert torch.allclose(few.there, all_.there[:2])


def test_what_is_not_known_counts_as_usual() -> None:
    axes = found(5)
    assert torch.allclose(axes.measured(rows(), torch.zeros(5)), torch.zeros(500, 5))
    assert torch.allclose(axes.laid(torch.zeros(5)), rows().mean(0), atol=1e-4)
