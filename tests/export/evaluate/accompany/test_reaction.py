import pytest

from export.evaluate.accompany.reaction import reaction
from export.evaluate.accompany.sounding import STEP
from tests.export.evaluate.accompany.stages import TRIAL, comping


def test_a_band_that_changes_with_the_chord_needs_no_time() -> None:
    assert reaction(TRIAL, comping()) == 0.0


@pytest.mark.parametrize("late", [0.5, 1.0, 2.0])
def test_a_late_band_reacts_as_late_as_it_is(late: float) -> None:
    assert reaction(TRIAL, comping(late)) == pytest.approx(late, abs=STEP)


def test_a_band_that_never_follows_counts_as_long_as_the_chord_lasts() -> None:
    assert reaction(TRIAL, ()) == 4.0
