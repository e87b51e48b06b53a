from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import Arrival, PortNews, Written

NOTE = b"\x90\x3c\x40"


class Clock:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.time = 5.0

    def __call__(self) -> float:
        return self.time


def opened() -> tuple[LoopbackPorts, Clock, list[Arrival | Written | PortNews]]:
    got: list[Arrival | Written | PortNews] = []
    clock = Clock()
    ports = LoopbackPorts(clock)
    ports.open(("in", "control"), ("lead", "guest"), got.append)
    return ports, clock, got


def test_the_built_in_player_is_heard_at_the_time_of_the_injected_clock() -> None:
    ports, _, got = opened()
    ports.send("guest", 5.0, NOTE, 1)
    assert got == [Arrival("in", 5.0, NOTE), Written(1, 0.0)]


def test_the_band_is_not_heard_by_itself_but_by_who_listens() -> None:
    ports, clock, got = opened()
    heard: list[tuple[float, bytes]] = []
    ports.listen("lead", lambda time, data: heard.append((time, data)))
    clock.time = 5.25
    ports.send("lead", 5.0, NOTE, 2)
    assert heard == [(5.25, NOTE)]
    assert got == [Written(2, 0.25)]


def test_outside_notes_can_come_in_and_cables_can_be_laid() -> None:
    ports, _, got = opened()
    ports.arrive("control", b"\xb0\x01\x02")
    assert ports.connect("lead", "in")
    assert not ports.connect("lead", "synth")
    ports.send("lead", 5.0, NOTE)
    assert got == [Arrival("control", 5.0, b"\xb0\x01\x02"), Arrival("in", 5.0, NOTE)]
    assert ports.connections() == {"lead": ("in",)}


def test_a_message_for_no_port_is_reported_and_closed_ports_are_silent() -> None:
    ports, _, got = opened()
    ports.send("nowhere", 5.0, NOTE)
    assert isinstance(got[0], PortNews)
    assert got[0].what == "complaint"
    ports.send("nowhere", 5.0, NOTE, 3)
    assert got.pop() == Written(3, 0.0, lost=True)
    got.pop()
    ports.poll()
    ports.close()
    ports.send("guest", 5.0, NOTE)
    assert len(got) == 1
