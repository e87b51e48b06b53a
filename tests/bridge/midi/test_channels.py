from bridge.midi.channels import ChannelPorts, Route
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import Arrival, PortNews, Written

ROUTES = {"lead": Route("band", 0), "drums": Route("band", 9)}


def opened() -> tuple[ChannelPorts, LoopbackPorts, list[bytes], list[Arrival | Written | PortNews]]:
    got: list[Arrival | Written | PortNews] = []
    heard: list[bytes] = []
    inner = LoopbackPorts(lambda: 1.0)
    inner.listen("band", lambda _, data: heard.append(data))
    ports = ChannelPorts(inner, ROUTES)
    ports.open(("in",), ("lead", "drums", "guest"), got.append)
    return ports, inner, heard, got


def test_voices_share_a_port_on_channels_of_their_own() -> None:
    ports, _, heard, got = opened()
    ports.send("lead", 1.0, b"\x93\x3c\x40", 1)
    ports.send("drums", 1.0, b"\x83\x24\x40")
    ports.send("drums", 1.0, b"\xfc")
    assert heard == [b"\x90\x3c\x40", b"\x89\x24\x40", b"\xfc"]
    assert got == [Written(1, 0.0)]


def test_other_ports_pass_as_they_are() -> None:
    ports, _, _, got = opened()
    ports.send("guest", 1.0, b"\x95\x3c\x40")
    assert got == [Arrival("in", 1.0, b"\x95\x3c\x40")]
    assert (ports.system, ports.horizon, ports.now()) == ("loopback", 0.0, 1.0)
    ports.poll()


def test_connecting_a_voice_connects_the_port_it_plays_through() -> None:
    ports, inner, _, _ = opened()
    assert ports.connect("drums", "in")
    assert ports.connections() == inner.connections() == {"band": ("in",)}


def test_news_of_a_shared_port_is_news_to_each_of_its_voices() -> None:
    ports, inner, _, got = opened()
    inner.close()
    inner.open(("in",), (), ports._pass_on)
    inner.send("band", 1.0, b"\x90\x3c\x40")
    assert [event.port for event in got if isinstance(event, PortNews)] == ["lead", "drums"]
    ports.close()
