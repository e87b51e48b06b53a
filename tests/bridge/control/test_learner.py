import pytest

from bridge.control.binding import Binding, Button
from bridge.control.control import Control, Turn, Way
from bridge.control.encoder import Encoder
from bridge.control.learner import PATIENCE, Learner
from bridge.control.parameter import Kind

CC = Control(Way.CC, 0, 74)


def learn(control: Control, *values: int, kind: Kind | None = Kind.FLOAT) -> Binding | None:
    learner = Learner()
    learner.arm("level", kind, 0.0)
    for value in values:
        found = learner.hear(Turn(control, value, 0.0))
        if found is not None:
            return found
    return None


def test_a_fader_is_learnt_when_it_has_moved_and_not_when_it_trembles() -> None:
    assert learn(CC, 60, 61, 60, 61, 60) is None
    assert learn(CC, 40, 41, 42) == Binding(control=CC, target="level")


@pytest.mark.parametrize(
    ("number", "values", "code"),
    [
        (74, (1, 1, 1, 127), Encoder.TWOS_COMPLEMENT),
        (74, (65, 65, 65, 63), Encoder.BINARY_OFFSET),
        (74, (1, 1, 65, 65), Encoder.SIGN_MAGNITUDE),
        (16, (1, 1, 65, 65), Encoder.MACKIE),
        (74, (1,) * 8, Encoder.TWOS_COMPLEMENT),
        (74, (65,) * 8, Encoder.BINARY_OFFSET),
    ],
)
def test_an_encoder_is_known_by_what_it_sends(number: int, values: tuple[int, ...], code: Encoder) -> None:
    found = learn(Control(Way.CC, 0, number), *values)
    assert found is not None
    assert found.encoder is code


def test_a_button_is_one_that_knows_on_and_off_only() -> None:
    found = learn(CC, 127, 0)
    assert found is not None
    assert found.button is Button.TOGGLE
    note = learn(Control(Way.NOTE, 9, 36), 100)
    assert note is not None
    assert note.button is Button.TOGGLE


def test_a_key_that_is_let_go_after_arming_is_not_learnt() -> None:
    assert learn(Control(Way.NOTE, 0, 60), 0) is None


def test_an_action_takes_a_single_press() -> None:
    assert learn(CC, 127, kind=None) == Binding(control=CC, target="level")
    assert learn(Control(Way.PROGRAM, 0, 3), 127, kind=None) is not None


def test_both_halves_of_a_fine_fader_are_learnt_as_one() -> None:
    learner = Learner()
    learner.arm("level", Kind.FLOAT, 0.0)
    high, low, pair = Control(Way.CC, 0, 7), Control(Way.CC, 0, 39), Control(Way.CC14, 0, 7)
    found = None
    for value in (100, 300, 500, 700):
        for turn in (Turn(high, value >> 7, 0.0), Turn(low, value & 127, 0.0), Turn(pair, value, 0.0)):
            found = found or learner.hear(turn)
    assert found == Binding(control=pair, target="level")


def test_waiting_ends() -> None:
    learner = Learner()
    learner.arm("level", Kind.FLOAT, 5.0)
    assert not learner.late(5.0 + PATIENCE / 2)
    assert learner.late(5.0 + PATIENCE)
    assert learner.cancel() == "level"
    assert learner.hear(Turn(CC, 1, 0.0)) is None
