from hypothesis import given
from hypothesis import strategies as st

from bridge.osc.budget import Budget


def test_a_burst_is_had_at_once_and_then_what_comes_with_time() -> None:
    budget = Budget(rate=10.0, burst=5.0)
    assert [budget.spend(1.0, 100.0) for _ in range(6)] == [True] * 5 + [False]
    assert budget.spend(1.0, 100.125)
    assert not budget.spend(1.0, 100.125)


@given(steps=st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 10.0)), max_size=100))
def test_no_more_is_spent_than_the_rate_and_one_burst(steps: list[tuple[float, float]]) -> None:
    budget, time, spent = Budget(rate=20.0, burst=8.0), 0.0, 0.0
    for pause, cost in steps:
        time += pause
        spent += cost if budget.spend(cost, time) else 0.0
    assert spent <= 8.0 + 20.0 * time + 1e-6
