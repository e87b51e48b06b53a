from hypothesis import given
from hypothesis import strategies as st

from bridge.control.glide import Glides


@given(start=st.floats(0, 1), goal=st.floats(0, 1), constant=st.floats(0.001, 1.0))
def test_a_value_goes_to_its_goal_without_a_step_back(start: float, goal: float, constant: float) -> None:
    glides, place = Glides(), start
    glides.aim("level", start, goal, constant, "me", 0.0)
    for tick in range(2000):
        for step in glides.step(tick * 0.02):
            assert abs(goal - step.place) <= abs(goal - place) + 1e-12
            place = step.place
        if not glides:
            break
    assert place == goal


def test_the_first_step_is_at_once() -> None:
    glides = Glides()
    glides.aim("level", 0.0, 1.0, 0.02, "me", 5.0)
    assert glides.step(5.0)[0].place > 0.5


def test_many_messages_do_not_hurry_it() -> None:
    glides = Glides()
    glides.aim("level", 0.0, 1.0, 0.1, "me", 0.0)
    for _ in range(100):
        glides.aim("level", 0.0, 1.0, 0.1, "me", 0.0)
        (step,) = glides.step(0.0)
    assert step.place < 0.3


def test_somebody_else_ends_it() -> None:
    glides = Glides()
    glides.aim("level", 0.0, 1.0, 0.1, "me", 0.0)
    assert glides.goal("level") == 1.0
    glides.stop("level")
    assert glides.goal("level") is None
    assert glides.step(1.0) == []
