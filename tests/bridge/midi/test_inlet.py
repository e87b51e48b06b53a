from bridge.midi.inlet import Inlet
from bridge.midi.ports import Arrival, PortNews, Written


def test_each_message_arrives_whole_with_the_time_at_which_it_was_completed() -> None:
    got: list[Arrival | Written | PortNews] = []
    inlet = Inlet("in", got.append)
    inlet.take(1.0, b"\x90\x3c")
    inlet.take(2.0, b"\x40\x3e\x41")
    assert got == [Arrival("in", 2.0, b"\x90\x3c\x40"), Arrival("in", 2.0, b"\x90\x3e\x41")]


def test_a_complaint_is_delivered_with_the_port_it_is_about() -> None:
    got: list[Arrival | Written | PortNews] = []
    Inlet("in", got.append).take(1.0, b"\xf0" + bytes(2 << 20))
    (news,) = got
    assert isinstance(news, PortNews)
    assert (news.port, news.what) == ("in", "complaint")
