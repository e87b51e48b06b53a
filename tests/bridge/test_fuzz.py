"""Everything that can happen on a stage, at once and at random; `tests/soak` has more of it."""

import pytest

from tests.soak.mishaps import fuzz


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_nothing_sticks_nothing_is_closed_twice_and_nothing_grows(seed: int) -> None:
    stage = fuzz(seed, 4_000)
    assert stage.devices.notes > 300


def test_the_same_seed_lets_the_same_things_happen_so_that_a_fault_can_be_had_again() -> None:
    first, second = fuzz(77, 400), fuzz(77, 400)
    assert (first.now, first.devices.notes, first.heaviest) == (second.now, second.devices.notes, second.heaviest)
    assert first.devices.notes > 0
