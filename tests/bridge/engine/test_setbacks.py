from bridge.engine.setbacks import FIRST_PAUSE, GOOD, LIMIT, LONGEST_PAUSE, WINDOW, Setbacks


def keep_failing(setbacks: Setbacks, now: float, times: int = LIMIT) -> list[float]:
    return [setbacks.failed(now + number) for number in range(times)]


def test_a_few_failures_cost_nothing_and_the_fourth_in_half_a_minute_a_rest() -> None:
    setbacks = Setbacks()
    assert keep_failing(setbacks, 100.0) == [0.0, 0.0, 0.0, FIRST_PAUSE]
    assert setbacks.resting(103.0 + FIRST_PAUSE - 0.1)
    assert not setbacks.resting(103.0 + FIRST_PAUSE)


def test_failures_that_are_far_apart_cost_nothing() -> None:
    setbacks = Setbacks()
    assert not any(setbacks.failed(number * WINDOW / 2) for number in range(20))


def test_every_rest_is_twice_as_long_up_to_a_limit() -> None:
    setbacks, now, pauses = Setbacks(), 0.0, []
    for _ in range(8):
        pauses.append(keep_failing(setbacks, now)[-1])
        now = setbacks.until
    assert pauses == [5.0, 10.0, 20.0, 40.0, 80.0, *[LONGEST_PAUSE] * 3]


def test_after_a_good_minute_everything_is_forgiven() -> None:
    setbacks = Setbacks()
    keep_failing(setbacks, 0.0)
    again = setbacks.until + GOOD + 0.1
    assert keep_failing(setbacks, again) == [0.0, 0.0, 0.0, FIRST_PAUSE]
