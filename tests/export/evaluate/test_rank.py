import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("onnx")

from export.evaluate.rank import spearman

pytestmark = pytest.mark.train


def test_what_rises_together_correlates_fully_and_what_falls_the_other_way() -> None:
    x = np.arange(9.0)
    assert spearman(x, x**3) == 1.0
    assert spearman(x, -x) == -1.0


def test_what_never_changes_correlates_with_nothing() -> None:
    assert spearman(np.arange(5.0), np.ones(5)) == 0.0


def test_what_is_not_known_does_not_count() -> None:
    assert spearman(np.array([0, 1, 2, 3, np.nan]), np.array([0, 1, 2, 3, 0.0])) > 0.999


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30))
def test_a_rank_correlation_lies_between_minus_one_and_one(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, float) for column in zip(*pairs, strict=True))
    assert -1.0001 <= spearman(a, b) <= 1.0001
