from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.control.binding import Binding, Button
from bridge.control.control import Control, Way
from bridge.control.encoder import Encoder
from bridge.control.parameters import Change
from bridge.control.takeover import TOLERANCE, Takeover
from bridge.errors import SettingsError
from tests.bridge.control.stage import Stage

FADER, OTHER = Control(Way.CC, 0, 74), Control(Way.CC, 0, 75)
FINE, NRPN = Control(Way.CC14, 0, 7), Control(Way.NRPN, 0, 300)
LEVEL = "voice/bass/level"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def bind(stage: Stage, target: str = LEVEL, control: Control = FADER, **how: object) -> None:
    stage.hands.bind(Binding(control=control, target=target, **how))  # type: ignore[arg-type]


def test_arm_move_bound_and_turned(stage: Stage) -> None:
    stage.hands.learn(LEVEL)
    assert stage.hands.armed == LEVEL
    stage.turn(FADER, 80, 81, 82, 83, 84, 85)
    stage.settle()
    assert stage.hands.armed == ""
    assert "ch 1 cc 74 is voice/bass/level now" in stage.told
    assert stage.table.get(LEVEL) == pytest.approx(1.5 * 85 / 127)


def test_learning_can_be_cancelled_and_ends_by_itself(stage: Stage) -> None:
    stage.hands.learn("tempo")
    stage.hands.cancel()
    assert stage.hands.armed == ""
    stage.hands.learn("tempo")
    stage.clock.run(31.0)
    assert stage.hands.armed == ""
    assert stage.told[-1] == "nothing was learnt for tempo"


def test_what_cannot_be_learnt_says_so(stage: Stage) -> None:
    with pytest.raises(SettingsError, match="did you mean «tempo»"):
        stage.hands.learn("tempoo")
    with pytest.raises(SettingsError, match="text"):
        stage.hands.learn("chords")
    with pytest.raises(SettingsError, match="no control"):
        stage.hands.unlearn("tempo")


def test_a_control_that_was_unlearnt_turns_nothing(stage: Stage) -> None:
    bind(stage, takeover=Takeover.JUMP)
    assert stage.hands.unlearn(LEVEL) == 1
    stage.turn(FADER, 0, 127)
    assert stage.table.get(LEVEL) == 1.0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    values=st.lists(st.integers(0, 16383), min_size=1, max_size=25),
    others=st.lists(st.none() | st.floats(0, 1.5), min_size=25, max_size=25),
    control=st.sampled_from([FINE, NRPN, Control(Way.BEND, 0)]),
)
def test_a_fine_fader_that_leaps_and_trembles_never_makes_its_value_jump(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], others: list[float | None], control: Control
) -> None:
    stage = Stage(tmp_path_factory.mktemp("hands"))
    bind(stage, control=control, smoothing_ms=0.0)
    before: int | None = None
    for value, other in zip(values, others, strict=False):
        if other is not None:
            stage.table.set(LEVEL, other, source="page")
        was = float(stage.table.get(LEVEL)) / 1.5
        stage.clock.run(0.1)
        stage.turn(control, value)
        moved = 0.0 if before is None else abs(value - before) / 16383
        assert abs(float(stage.table.get(LEVEL)) / 1.5 - was) <= moved + TOLERANCE + 1e-6
        before = value


def test_a_value_that_leaps_comes_in_small_steps(stage: Stage) -> None:
    bind(stage, takeover=Takeover.JUMP, smoothing_ms=60.0)
    heard: list[Change] = []
    stage.table.subscribe(heard.append)
    stage.turn(FADER, 0)
    stage.settle()
    values = [float(change.new) for change in heard]
    assert len(values) > 5
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0.0


def test_every_takeover_has_its_name_and_a_map_may_have_its_own(stage: Stage) -> None:
    bind(stage, smoothing_ms=0.0)
    stage.turn(FADER, 10)
    assert stage.table.get(LEVEL) == 1.0
    stage.table.set("takeover", "jump")
    stage.turn(FADER, 11)
    assert stage.table.get(LEVEL) == pytest.approx(1.5 * 11 / 127)


def test_a_range_may_be_a_part_and_upside_down(stage: Stage) -> None:
    bind(stage, "tempo", least=90, most=120, inverted=True, takeover=Takeover.JUMP, smoothing_ms=0.0)
    stage.turn(FADER, 0)
    assert stage.table.get("tempo") == pytest.approx(120.0)
    stage.turn(FADER, 127)
    assert stage.table.get("tempo") == pytest.approx(90.0)


def test_an_encoder_goes_on_from_wherever_the_value_is(stage: Stage) -> None:
    code = Encoder.TWOS_COMPLEMENT
    bind(stage, encoder=code, smoothing_ms=0.0)
    stage.table.set(LEVEL, 0.3)
    stage.turn(FADER, *[code.code(1)] * 10)
    assert stage.table.get(LEVEL) == pytest.approx(0.3 + 10 * 0.015)
    for _ in range(5):
        stage.hands.hear("control", FADER.say(code.code(-1))[0])  # five in one turn of the loop
    stage.clock.run(0.01)
    assert stage.table.get(LEVEL) == pytest.approx(0.3 + 5 * 0.015)


def test_an_encoder_walks_through_choices_and_whole_numbers(stage: Stage) -> None:
    bind(stage, "mode", encoder=Encoder.TWOS_COMPLEMENT)
    bind(stage, "trade_bars", OTHER, encoder=Encoder.TWOS_COMPLEMENT)
    seen = {stage.table.get("mode")}
    for _ in range(40):
        stage.turn(FADER, 1)
        seen.add(stage.table.get("mode"))
    assert len(seen) == 9
    stage.turn(OTHER, *[1] * 8)
    assert int(stage.table.get("trade_bars")) > 2
    stage.turn(OTHER, *[127] * 60)
    assert stage.table.get("trade_bars") == 1


def test_buttons_toggle_or_hold(stage: Stage) -> None:
    pad, on = Control(Way.NOTE, 9, 36), "voice/drums/on"
    bind(stage, on, pad, button=Button.TOGGLE)
    stage.turn(pad, 100, 0)
    assert stage.table.get(on) is False
    stage.turn(pad, 100, 0)
    assert stage.table.get(on) is True
    bind(stage, on, OTHER, button=Button.MOMENTARY, inverted=True)
    stage.turn(OTHER, 127)
    assert stage.table.get(on) is False
    stage.turn(OTHER, 0)
    assert stage.table.get(on) is True


def test_actions_can_be_learnt_and_happen_once_a_press(stage: Stage) -> None:
    stage.hands.learn("panic")
    stage.turn(OTHER, 127, 0)
    stage.turn(OTHER, 127, 127, 0, 127, 0)
    assert stage.deeds == ["panic", "panic"]


def test_lights_follow_everybody_but_the_hand_that_turned(stage: Stage) -> None:
    bind(stage, smoothing_ms=0.0, takeover=Takeover.JUMP)
    bind(stage, control=OTHER)
    stage.clock.run(0.1)
    stage.shown.clear()
    stage.turn(FADER, 0)
    assert stage.shown == list(OTHER.say(0))
    stage.shown.clear()
    stage.table.set(LEVEL, 1.5, source="osc")
    stage.clock.run(0.1)
    assert sorted(stage.shown) == sorted([*FADER.say(127), *OTHER.say(127)])


def test_a_motor_that_says_what_it_was_told_turns_nothing(stage: Stage) -> None:
    bind(stage, smoothing_ms=0.0, takeover=Takeover.JUMP)
    heard: list[Change] = []
    stage.table.set(LEVEL, 0.777, source="osc")
    stage.clock.run(0.021)
    stage.table.subscribe(heard.append)
    stage.turn(FADER, stage.shown[-1][2])
    assert heard == []


def test_ten_thousand_messages_are_a_few_changes(stage: Stage) -> None:
    bind(stage, takeover=Takeover.JUMP, smoothing_ms=0.0)
    heard: list[Change] = []
    stage.table.subscribe(heard.append)
    for turn in range(10):
        for value in range(1000):
            stage.hands.hear("control", FADER.say((value + turn) % 128)[0])
        stage.clock.run(0.001)
    assert len(heard) <= 10
    assert float(stage.table.get(LEVEL)) == pytest.approx(1.5 * ((999 + 9) % 128) / 127)


def test_a_device_that_comes_back_has_its_map_and_its_lights(stage: Stage, tmp_path: Path) -> None:
    name = "X-TOUCH MINI:X-TOUCH MINI MIDI 1 {}:0"
    stage.hands.plugged({"control": (name.format(20),)})
    stage.hands.learn(LEVEL)
    stage.turn(FADER, 84, 85, 86)
    stage.hands.plugged({})
    stage.turn(FADER, 86, 120)
    stage.settle()
    assert stage.table.get(LEVEL) == 1.0
    again = Stage(tmp_path)
    again.hands.plugged({"control": (name.format(28),)})
    assert again.shown == list(FADER.say(round(127 / 1.5)))
    again.turn(FADER, 86)
    again.settle()
    assert again.table.get(LEVEL) == pytest.approx(1.5 * 86 / 127)


def test_a_parameter_whose_pack_has_gone_is_left_alone(stage: Stage) -> None:
    bind(stage, "lilt", takeover=Takeover.JUMP)
    stage.turn(FADER, 0, 50, 127)
    assert stage.told == []


def test_the_same_knob_of_two_devices_on_two_ports_does_what_each_has_learnt(tmp_path: Path) -> None:
    stage = Stage(tmp_path, 2)
    stage.hands.plugged({"control": ("nanoKONTROL2 20:0",), "control 2": ("X-TOUCH 24:0",)})
    for port, target in (("control", LEVEL), ("control 2", "tempo")):
        stage.hands.learn(target)
        stage.turn(FADER, 60, 61, 62, 63, 64, 65, port=port)
    stage.settle()
    assert {(device, binding.target) for device, binding in stage.hands.bindings} == {
        ("nanoKONTROL2 20:0", LEVEL),
        ("X-TOUCH 24:0", "tempo"),
    }
    tempo = stage.table.get("tempo")
    stage.turn(FADER, *range(65, 128), port="control")
    stage.settle()
    assert stage.table.get(LEVEL) == 1.5
    assert stage.table.get("tempo") == tempo


def test_each_port_whose_device_has_no_name_has_a_map_of_its_own(tmp_path: Path) -> None:
    for stage in (Stage(tmp_path, 2), Stage(tmp_path, 2)):  # the second finds the first one's files
        if not stage.hands.bindings:
            for port, target in (("control", LEVEL), ("control 2", "tempo")):
                stage.hands.learn(target)
                stage.turn(FADER, 60, 61, 62, 63, 64, 65, port=port)
        assert {(device, binding.target) for device, binding in stage.hands.bindings} == {
            ("control", LEVEL),
            ("control 2", "tempo"),
        }


def test_what_several_devices_on_one_port_have_learnt_holds_for_all_of_them(stage: Stage) -> None:
    stage.hands.bind(Binding(control=FADER, target=LEVEL, takeover=Takeover.JUMP), "nanoKONTROL2")
    stage.hands.bind(Binding(control=OTHER, target="tempo", takeover=Takeover.JUMP), "X-TOUCH")
    stage.hands.plugged({"control": ("X-TOUCH 24:0", "nanoKONTROL2 20:0")})
    stage.turn(FADER, 0)
    stage.turn(OTHER, 0)
    stage.settle()
    assert stage.table.get(LEVEL) == 0.0
    assert stage.table.get("tempo") == stage.table.place("tempo").parameter.minimum


def test_a_program_change_on_any_control_port_loads_a_preset(tmp_path: Path) -> None:
    stage = Stage(tmp_path, 3)
    stage.console.save("verse")
    stage.table.set(LEVEL, 0.25)
    stage.hands.hear("control 3", bytes((0xC0, 0)))
    assert stage.table.get(LEVEL) == 1.0


def test_what_was_learnt_before_the_device_was_known_still_holds_once_it_is(stage: Stage) -> None:
    stage.hands.plugged({})
    bind(stage, takeover=Takeover.JUMP, smoothing_ms=0.0)
    stage.hands.plugged({"control": ("Knobs 8",)})
    stage.turn(FADER, 127)
    stage.settle()
    assert stage.table.get(LEVEL) == 1.5
    bind(stage, "tempo", takeover=Takeover.JUMP, smoothing_ms=0.0)  # the device's own word goes first
    stage.turn(FADER, 0)
    stage.settle()
    assert (stage.table.get(LEVEL), stage.table.get("tempo")) == (1.5, 20.0)
