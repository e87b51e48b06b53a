from bridge.control.binding import Binding
from bridge.control.control import Control, Turn, Way
from bridge.control.feedback import TOUCHED, Feedback
from bridge.control.parameters import ParameterTable

FADER, PAIR, PROGRAM = Control(Way.CC, 0, 74), Control(Way.CC14, 0, 7), Control(Way.PROGRAM, 0, 1)
LEVEL = "voice/bass/level"


class Stage:
    def __init__(self, *controls: Control) -> None:
        self.table = ParameterTable()
        self.sent: list[bytes] = []
        self.feedback = Feedback(self.table, self.sent.extend)
        self.bindings = [Binding(control=control, target=LEVEL) for control in controls]
        self.feedback.follow(self.bindings)

    def set(self, value: float, sender: str = "") -> None:
        self.feedback.changed(self.table.set(LEVEL, value, source="x"), sender)


def test_a_value_is_shown_in_the_words_of_its_control() -> None:
    stage = Stage(FADER, PAIR)
    stage.set(0.75)
    stage.feedback.flush(0.0)
    assert stage.sent == [*FADER.say(64), *PAIR.say(8192)]


def test_many_changes_are_shown_once_and_the_last_counts() -> None:
    stage = Stage(FADER)
    for value in (0.1, 0.2, 1.5):
        stage.set(value)
    stage.feedback.flush(0.0)
    stage.feedback.flush(0.1)
    assert stage.sent == list(FADER.say(127))


def test_the_control_that_did_it_is_not_told() -> None:
    stage = Stage(FADER, PAIR)
    stage.set(1.5, sender=str(FADER))
    stage.feedback.flush(0.0)
    assert stage.sent == list(PAIR.say(16383))


def test_a_control_that_repeats_what_it_was_told_is_an_echo_for_a_moment() -> None:
    stage = Stage(FADER)
    stage.set(1.5)
    stage.feedback.flush(1.0)
    assert stage.feedback.echoes(Turn(FADER, 127, 1.0 + TOUCHED / 2))
    assert not stage.feedback.echoes(Turn(FADER, 126, 1.0))
    assert not stage.feedback.echoes(Turn(FADER, 127, 1.1 + TOUCHED))


def test_what_can_show_nothing_is_told_nothing() -> None:
    stage = Stage(PROGRAM)
    stage.set(1.5)
    stage.feedback.tell(stage.bindings)
    stage.feedback.flush(0.0)
    assert stage.sent == []
