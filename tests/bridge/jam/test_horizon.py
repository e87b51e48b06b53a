from bridge.jam.horizon import LONGEST, MARGIN, Horizon


def test_the_commit_distance_follows_what_answering_takes_here() -> None:
    horizon = Horizon()
    for _ in range(50):
        horizon.answered(0.004)
    assert abs(horizon.seconds - 0.004 - MARGIN) < 1e-9
    assert abs(horizon.beats(120.0) - 2 * horizon.seconds) < 1e-9


def test_one_hiccup_among_few_answers_does_not_push_the_band_back() -> None:
    horizon = Horizon()
    horizon.answered(1.5)
    for _ in range(10):
        horizon.answered(0.004)
    assert horizon.seconds < 0.02


def test_however_slow_the_model_the_commit_distance_is_bounded() -> None:
    horizon = Horizon()
    for _ in range(100):
        horizon.answered(9.0)
    assert horizon.seconds == LONGEST


def test_a_machine_that_has_become_slow_is_known_after_three_answers_and_one_that_recovers_after_eight() -> None:
    horizon = Horizon()
    for _ in range(200):
        horizon.answered(0.010)
    for slow in range(3):
        assert horizon.p95 == 0.010, f"{slow} slow answers may be chance"
        horizon.answered(0.200)
    assert horizon.p95 == 0.200
    for _ in range(8):
        horizon.answered(0.010)
    assert horizon.p95 == 0.010
