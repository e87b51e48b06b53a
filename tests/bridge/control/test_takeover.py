import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.takeover import EXACT, STEEPEST, TOLERANCE, Grip, Takeover

PLACES = st.floats(0, 1)
WAYS = st.lists(st.one_of(PLACES, st.tuples(PLACES)), min_size=1, max_size=40)
"""Where the fader goes, and (in a tuple) where somebody else sets the value."""
SLACK = {Takeover.PICK_UP: EXACT, Takeover.TOLERANT: TOLERANCE}


@given(how=st.sampled_from([Takeover.PICK_UP, Takeover.TOLERANT]), value=PLACES, way=WAYS)
def test_a_value_never_jumps_further_than_the_hand_moved_and_the_tolerance(
    how: Takeover, value: float, way: list[float | tuple[float]]
) -> None:
    grip, before = Grip(), None
    for step in way:
        if isinstance(step, tuple):
            value = step[0]
            continue
        goal = grip.take(step, value, how)
        if goal is not None:
            moved = 0.0 if before is None else abs(step - before)
            assert abs(goal - value) <= moved + SLACK[how] + 1e-9
            value = goal
        before = step


@given(value=PLACES, way=st.lists(PLACES, min_size=1, max_size=40))
def test_value_scaling_moves_only_with_the_hand_and_never_much_faster(value: float, way: list[float]) -> None:
    grip, before = Grip(), None
    for step in way:
        goal = grip.take(step, value, Takeover.SCALING)
        if goal is not None:
            assert 0 <= goal <= 1
            if before is None:
                assert abs(goal - value) <= EXACT
            else:
                assert abs(goal - value) <= STEEPEST * abs(step - before) + EXACT + 1e-9
                if abs(goal - step) > EXACT:
                    assert (goal - value) * (step - before) >= 0
            value = goal
        before = step


@pytest.mark.parametrize("end", [0.0, 1.0])
@pytest.mark.parametrize(("start", "value"), [(0.5, 0.2), (0.2, 0.6), (0.7, 0.5)])
def test_value_scaling_brings_fader_and_value_together_at_the_end(start: float, value: float, end: float) -> None:
    grip = Grip()
    for step in range(101):
        goal = grip.take(start + (end - start) * step / 100, value, Takeover.SCALING)
        value = value if goal is None else goal
    assert value == end


def test_a_leap_goes_where_the_fader_is() -> None:
    assert Grip().take(0.9, 0.1, Takeover.JUMP) == 0.9


def test_a_fader_that_passes_its_value_takes_hold() -> None:
    grip = Grip()
    assert grip.take(0.1, 0.5, Takeover.PICK_UP) is None
    assert grip.take(0.45, 0.5, Takeover.PICK_UP) is None
    assert grip.take(0.6, 0.5, Takeover.PICK_UP) == 0.6
    assert grip.take(0.2, 0.6, Takeover.PICK_UP) == 0.2


def test_a_tolerant_fader_takes_hold_when_it_is_near() -> None:
    grip = Grip()
    assert grip.take(0.4, 0.5, Takeover.TOLERANT) is None
    assert grip.take(0.46, 0.5, Takeover.TOLERANT) == 0.46


def test_a_fader_loses_its_hold_when_somebody_else_sets_the_value() -> None:
    grip = Grip()
    grip.take(0.5, 0.5, Takeover.PICK_UP)
    assert grip.take(0.51, 0.9, Takeover.PICK_UP) is None


@given(value=PLACES, way=st.lists(PLACES, min_size=3, max_size=40))
def test_a_fader_that_trembles_over_its_value_holds_it(value: float, way: list[float]) -> None:
    grip = Grip()
    grip.take(value, value, Takeover.TOLERANT)
    for place in way:
        goal = grip.take(place, value, Takeover.TOLERANT)
        assert goal == place
        value = place
