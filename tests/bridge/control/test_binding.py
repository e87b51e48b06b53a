import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.control.binding import Binding, Button, button_of
from bridge.control.control import Control, Way
from bridge.control.parameter import Kind
from bridge.control.parameters import ParameterTable

FADER = Control(Way.CC, 0, 74)
TEMPO = ParameterTable().place("tempo").parameter
MODE = ParameterTable().place("mode").parameter


@given(low=st.floats(20, 300), high=st.floats(20, 300), inverted=st.booleans(), part=st.floats(0, 1))
def test_a_control_and_its_value_find_each_other_in_every_range(
    low: float, high: float, inverted: bool, part: float
) -> None:
    binding = Binding(control=FADER, target="tempo", least=low, most=high, inverted=inverted)
    place = binding.reach(TEMPO, part)
    ends = sorted(binding.ends(TEMPO))
    assert ends[0] - 1e-9 <= place <= ends[1] + 1e-9
    if ends[1] - ends[0] > 1e-3:
        assert binding.part(TEMPO, place) == pytest.approx(part, abs=1e-6)


def test_a_value_beyond_the_range_counts_as_the_nearer_end() -> None:
    binding = Binding(control=FADER, target="tempo", least=90, most=120)
    assert binding.part(TEMPO, TEMPO.position(200.0)) == 1.0
    assert binding.part(TEMPO, TEMPO.position(20.0)) == 0.0


def test_a_range_of_choices_goes_from_one_name_to_another() -> None:
    binding = Binding(control=FADER, target="mode", least="trade", most="free")
    assert [MODE.natural(binding.reach(MODE, part)) for part in (0.0, 0.5, 1.0)] == ["trade", "accompany", "free"]


def test_keys_toggle_parameters_and_trigger_actions() -> None:
    key = Control(Way.NOTE, 0, 60)
    assert button_of(key, Kind.BOOL) is Button.TOGGLE
    assert button_of(key, None) is None
    assert button_of(FADER, Kind.BOOL) is None


def test_buttons_and_bindings_without_smoothing_do_not_glide() -> None:
    assert Binding(control=FADER, target="tempo").glides
    assert not Binding(control=FADER, target="tempo", smoothing_ms=0.0).glides
    assert not Binding(control=FADER, target="tempo", button=Button.TOGGLE).glides
