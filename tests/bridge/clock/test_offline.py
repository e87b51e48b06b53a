from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.offline import OfflineTime


@given(dues=st.lists(st.integers(0, 20), max_size=30))
def test_calls_come_in_order_of_time_and_then_of_asking(dues: list[int]) -> None:
    offline = OfflineTime()
    made: list[tuple[int, int]] = []
    for order, due in enumerate(dues):
        offline.call_at(due, partial(made.append, (due, order)))
    offline.run_until(20)
    assert made == sorted(made)
    assert len(made) == len(dues)


def test_a_call_reads_the_time_at_which_it_was_due() -> None:
    offline, read = OfflineTime(), []
    offline.call_at(3.0, lambda: read.append(offline.now()))
    offline.run_until(10.0)
    assert read == [3.0]
    assert offline.now() == 10.0


def test_calls_made_by_calls_happen_in_the_same_run() -> None:
    offline, beats = OfflineTime(), []

    def beat() -> None:
        beats.append(offline.now())
        offline.call_at(offline.now() + 0.5, beat)

    offline.call_at(0.0, beat)
    offline.run_until(2.0)
    assert beats == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_what_is_overdue_happens_next_and_time_does_not_go_back() -> None:
    offline, made = OfflineTime(5.0), []
    offline.call_at(6.0, lambda: made.append("later"))
    offline.call_at(1.0, lambda: made.append("overdue"))
    offline.run_until(6.0)
    assert made == ["overdue", "later"]
    offline.run_until(2.0)
    assert offline.now() == 6.0


def test_a_cancelled_call_does_not_happen() -> None:
    offline, made = OfflineTime(), []
    call = offline.call_at(1.0, lambda: made.append("never"))
    call.cancel()
    offline.run_until(2.0)
    assert made == []
