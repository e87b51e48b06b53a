from bridge.wire.count import Count


def test_it_counts_up_by_one() -> None:
    count = Count()
    assert [next(count) for _ in range(3)] == [1, 2, 3]


def test_it_goes_on_above_all_that_was_heard_of_the_one_before_and_never_back() -> None:
    count = Count()
    count.go_on(5000)
    first = next(count)
    assert first > 5000
    count.go_on(3)
    assert next(count) == first + 1
