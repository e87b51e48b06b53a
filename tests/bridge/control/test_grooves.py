from bridge.control.grooves import Grooves
from bridge.control.parameters import ParameterTable
from bridge.music.groove import Groove
from bridge.music.note import BAND, Voice
from bridge.wire.protocol import Sway


def test_the_wire_is_told_once_of_what_is_turned_and_all_again_when_it_is_new() -> None:
    said: list[Sway] = []
    table = ParameterTable()
    grooves = Grooves(table, said.append)
    grooves.apply()
    assert said == []
    table.set("swing", 0.6)
    table.set("voice/drums/swing_share", 0.5)
    table.set("voice/lead/swing_share", 0.0)
    table.set("swing_unit", "sixteenths")
    table.set("drum_feel", 0.25)
    table.set("drum_style", "jazz")
    grooves.apply()
    grooves.apply()
    shares = dict.fromkeys(BAND, 0.6) | {Voice.DRUMS: 0.3}
    del shares[Voice.LEAD]
    assert said == [Sway(Groove(shares, 0.25, 0.25, "jazz"))]
    grooves.greet()
    assert len(said) == 2
