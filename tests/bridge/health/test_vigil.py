import pytest

from bridge.health.vigil import HANG, LONGEST, Vigil

TICK = 0.02


class Watch:
    """An engine that owes an answer, on a clock that is moved by hand."""

    def __init__(self, counted: bool = True) -> None:
        self.now = 100.0
        self.queued: float | None = 7.0 if counted else None
        self.asked = 0
        self.silent = 0.0
        self.vigil = Vigil(lambda: self.now, self._told)

    def _told(self) -> float | None:
        self.asked += 1
        return self.queued

    def wait(self, seconds: float, share: float = 0.0, usual: float = 0.0, tick: float = TICK) -> float | None:
        """Seconds until it is taken to hang, None if it is not; of each second it stands in line for a `share`."""
        for step in range(1, round(seconds / tick) + 1):
            self.now += tick
            self.silent += tick
            if self.queued is not None:
                self.queued += share * tick
            if self.vigil.hangs(self.silent, usual):
                return step * tick
        return None

    def answer(self) -> None:
        self.silent = 0.0


def test_what_has_the_processor_and_says_nothing_hangs_soon() -> None:
    assert Watch().wait(20.0) == pytest.approx(HANG, abs=2 * TICK)


@pytest.mark.parametrize("share", [0.9, 1.0, 4.0])
def test_what_cannot_get_a_processor_is_waited_for(share: float) -> None:
    watch = Watch()
    assert watch.wait(8.0, share) is None
    watch.answer()
    assert watch.wait(8.0, share) is None


def test_what_gets_half_of_a_processor_and_spins_is_given_twice_the_time() -> None:
    assert Watch().wait(20.0, 0.5) == pytest.approx(2 * HANG, abs=0.4)


def test_nothing_is_waited_for_without_end() -> None:
    assert Watch().wait(60.0, 1.0) == pytest.approx(LONGEST, abs=2 * TICK)
    assert Watch().wait(60.0, usual=30.0) == pytest.approx(LONGEST, abs=2 * TICK)


def test_where_nobody_counts_it_is_what_answers_usually_take_that_says_how_long_to_wait() -> None:
    assert Watch(counted=False).wait(20.0) == pytest.approx(HANG, abs=2 * TICK)
    assert Watch(counted=False).wait(20.0, usual=1.0) == pytest.approx(5.0, abs=2 * TICK)


def test_an_answer_begins_it_anew() -> None:
    watch = Watch()
    for _ in range(10):
        assert watch.wait(HANG - 0.1) is None
        watch.answer()


def test_whoever_was_away_for_an_hour_looks_again_before_calling_anything_a_hang() -> None:
    watch = Watch()
    assert watch.wait(0.1) is None
    assert watch.wait(3600.0, tick=3600.0) is None
    assert watch.wait(5.0) == pytest.approx(HANG - 1.6, abs=3 * TICK)


def test_whoever_slept_before_the_ask_was_not_away() -> None:
    watch = Watch()
    watch.now += 3600.0
    assert watch.wait(5.0) == pytest.approx(HANG, abs=2 * TICK)


def test_a_stop_of_the_music_when_looks_are_rare_hides_no_hang() -> None:
    assert Watch().wait(20.0, tick=1.0) == pytest.approx(3.0)


def test_what_answers_in_time_is_never_looked_at_closely() -> None:
    watch = Watch()
    for _ in range(100):
        assert watch.wait(0.2) is None
        watch.answer()
    assert watch.asked == 0
