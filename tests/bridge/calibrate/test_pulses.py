import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.calibrate.pulses import LONGEST, SHORTEST, WAIT, Echo, measure, pulses
from bridge.errors import CalibrationError

SENT = pulses(40, 10.0)


def echoes(delay: float) -> list[Echo]:
    return [Echo(pulse.time + delay, pulse.pitch) for pulse in SENT]


def test_pulses_come_at_irregular_distances_and_no_pitch_returns_before_its_echo_was_given_up() -> None:
    gaps = [b.time - a.time for a, b in itertools.pairwise(SENT)]
    assert all(SHORTEST <= gap <= LONGEST for gap in gaps)
    assert max(gaps) - min(gaps) > 0.05
    many = pulses(500, 0.0)
    last: dict[int, float] = {}
    for pulse in many:
        assert pulse.time - last.get(pulse.pitch, -WAIT) >= WAIT
        last[pulse.pitch] = pulse.time


@given(delay=st.floats(0.0, 0.5), lost=st.sets(st.integers(0, 39), max_size=19))
def test_whatever_the_delay_it_is_found_though_up_to_half_the_pulses_are_lost(delay: float, lost: set[int]) -> None:
    heard = [echo for number, echo in enumerate(echoes(delay)) if number not in lost]
    found = measure(SENT, heard)
    assert found.median == pytest.approx(delay, abs=1e-9)
    assert found.offset_ms == pytest.approx(-delay * 1000, abs=1e-3)
    assert (found.heard, found.lost, found.strangers) == (40 - len(lost), len(lost), 0)


def test_a_few_wild_echoes_and_doubled_ones_change_nothing() -> None:
    heard = echoes(0.020)
    heard[3:6] = [Echo(echo.time + 0.4, echo.pitch) for echo in heard[3:6]]
    found = measure(SENT, heard + echoes(0.030))
    assert found.median == pytest.approx(0.020)
    assert not found.is_loose


def test_the_detour_of_a_circle_is_no_part_of_the_delay() -> None:
    assert measure(SENT, echoes(0.012), 0.005).median == pytest.approx(0.007)


def test_a_delay_that_varies_is_told() -> None:
    heard = [Echo(echo.time + number % 5 * 0.004, echo.pitch) for number, echo in enumerate(echoes(0.010))]
    assert measure(SENT, heard).is_loose


@pytest.mark.parametrize(
    ("heard", "says"),
    [
        ([], "none of 40 pulses came back"),
        ([Echo(SENT[0].time + 0.01, 1)] * 5, "none is a pulse of ours"),
        (echoes(0.01)[:10], "only 10 of 40"),
        (echoes(0.7), "no offset makes up for"),
    ],
)
def test_what_cannot_be_measured_is_told_with_what_to_do(heard: list[Echo], says: str) -> None:
    with pytest.raises(CalibrationError, match=says):
        measure(SENT, heard)
