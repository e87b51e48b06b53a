"""One million random events. A fault names its seed and event: `fuzz(seed, event + 1)` has it again."""

import pytest

from tests.soak.mishaps import fuzz

RUNS = 40
EVENTS = 25_000


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1_000, 1_000 + RUNS))
def test_in_a_million_events_nothing_sticks_nothing_is_closed_twice_and_nothing_grows(seed: int) -> None:
    assert fuzz(seed, EVENTS).devices.notes > EVENTS / 100
