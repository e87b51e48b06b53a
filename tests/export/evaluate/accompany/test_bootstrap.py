from hypothesis import given
from hypothesis import strategies as st

from export.evaluate.accompany.bootstrap import mean, pooled


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=8))
def test_the_interval_holds_the_mean(values: list[float]) -> None:
    found = mean(values)
    assert found is not None
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert found == mean(values)


def test_what_is_not_known_does_not_count() -> None:
    assert mean([None, None]) is None
    found = mean([1.0, None])
    assert found is not None
    assert (found.value, found.count) == (1.0, 1)


def test_a_figure_of_all_together_is_drawn_again_and_again() -> None:
    found = pooled(4, lambda drawn: sum(drawn) / len(drawn))
    assert found is not None
    assert found.low < found.value == 1.5 < found.high
