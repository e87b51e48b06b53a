from bridge.control.offsets import PortOffsets
from bridge.control.parameters import ParameterTable
from bridge.jam.knobs import Knobs
from bridge.music.note import Voice
from bridge.wire.protocol import Offsets


def test_the_settings_give_the_first_values_and_the_knobs_have_the_last_word() -> None:
    said: list[Offsets] = []
    table = ParameterTable()
    offsets = PortOffsets(table, {"lead": -12.0, "in": 5.0, "click": -3.0}, said.append)
    assert table.get("offset", Voice.LEAD) == -12.0
    assert table.get("in_offset") == 5.0
    offsets.apply()
    offsets.apply()
    table.set("voice/lead/offset", 0)
    table.set("voice/bass/offset", 900)
    offsets.apply()
    assert said == [
        Offsets({"lead": -0.012, "in": 0.005, "click": -0.003}),
        Offsets({"bass": 0.5, "in": 0.005, "click": -0.003}),
    ]


def test_a_new_wire_is_told_all_again() -> None:
    said: list[Offsets] = []
    offsets = PortOffsets(ParameterTable(), {"bass": 1.0}, said.append)
    offsets.apply()
    offsets.greet()
    assert said == [Offsets({"bass": 0.001})] * 2


def test_the_band_commits_as_much_sooner_as_its_earliest_port_plays() -> None:
    table = ParameterTable()
    assert Knobs.of(table).early == 0.0
    table.set("voice/lead/offset", -80)
    table.set("voice/drums/offset", 200)
    assert Knobs.of(table).early == 0.08
