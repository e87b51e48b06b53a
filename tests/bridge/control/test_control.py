import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.control import BARE, COARSE, FINE, LOW_HALVES, Control, Turn, Way, read_control
from bridge.control.control_reader import ControlReader
from bridge.errors import SettingsError

MOST = {Way.NRPN: FINE - 2, Way.CC14: 5, Way.CC: 5}


@st.composite
def controls(draw: st.DrawFn) -> Control:
    way = draw(st.sampled_from(Way))
    number = 0 if way in BARE else draw(st.integers(0, MOST.get(way, COARSE - 1)))
    return Control(way, draw(st.integers(0, 15)), number)


@given(controls())
def test_a_controls_name_leads_back_to_it(control: Control) -> None:
    assert read_control(str(control)) == control


def test_controls_are_called_as_on_the_hardware() -> None:
    assert str(Control(Way.CC, 0, 74)) == "ch 1 cc 74"
    assert str(Control(Way.BEND, 15)) == "ch 16 bend"
    assert read_control(" Ch 2 NRPN 300 ") == Control(Way.NRPN, 1, 300)


@pytest.mark.parametrize(
    "text", ["", "cc 74", "ch 0 cc 74", "ch 17 cc 1", "ch 1 cc 128", "ch 1 cc14 32", "ch 1 bend 3", "ch 1 cc"]
)
def test_what_is_no_control_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is no control"):
        read_control(text)


@given(control=controls(), part=st.floats(0, 1))
def test_a_control_is_told_a_value_as_it_would_say_it(control: Control, part: float) -> None:
    value = 127 if control.way is Way.PROGRAM else round(part * (control.steps - 1))
    reader = ControlReader()
    turns = [turn for data in control.say(value) for turn in reader.read(data, 1.0)]
    assert turns[-1] == Turn(control, value, 1.0)
    assert LOW_HALVES == 32
