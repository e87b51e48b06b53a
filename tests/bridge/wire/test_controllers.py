from bridge.clock.keeper import Timekeeper
from bridge.engine.family import Pressed, Released
from bridge.engine.protocol import Ear
from bridge.midi.ledger import Ledger
from bridge.midi.loopback import LoopbackPorts
from bridge.wire.protocol import FromWire, Input, Plugged, Show
from bridge.wire.wire import INS, OUTS, Item, Wire

DEVICE = "X-TOUCH MINI:X-TOUCH MINI MIDI 1"


class Plugs(LoopbackPorts):
    """Ports that somebody plugs things into."""

    def __init__(self) -> None:
        super().__init__(lambda: self.time)
        self.time = 10.0
        self.cables: dict[str, tuple[str, ...]] = {}

    def connections(self) -> dict[str, tuple[str, ...]]:
        return dict(self.cables)


class Stage:
    def __init__(self) -> None:
        self.ports = Plugs()
        self.said: list[FromWire] = []
        self.ears: list[Ear] = []
        self.wire = Wire(self.ports, Ledger(None, OUTS), Timekeeper(), self.said.append, self.ears.append)
        self.inbox: list[Item] = []
        self.ports.open(INS, OUTS, self.inbox.append)

    def play(self, *messages: bytes, port: str = "in") -> None:
        for data in messages:
            self.ports.arrive(port, data)
        while self.inbox:
            self.wire.handle(self.inbox.pop(0))

    def inputs(self) -> list[bytes]:
        return [event.data for event in self.said if isinstance(event, Input)]


def test_lights_are_told_in_order_on_the_feedback_port() -> None:
    stage = Stage()
    shown: list[bytes] = []
    stage.ports.listen("feedback", lambda _, data: shown.append(data))
    messages = (b"\xb0\x63\x01", b"\xb0\x62\x02", b"\xb0\x06\x40")
    stage.wire.handle(Show(messages))
    assert tuple(shown) == messages


def test_the_desk_hears_once_what_is_plugged_in_and_when_it_is_gone() -> None:
    stage = Stage()
    seen: list[dict[str, tuple[str, ...]]] = [{}, {"control": (DEVICE,), "lead": ("synth",)}, {"control": (DEVICE,)}]
    seen.append({"control": ()})
    for cables in seen:
        stage.ports.cables = cables
        stage.ports.time += 2.0
        stage.wire.step()
    assert [event for event in stage.said if isinstance(event, Plugged)] == [
        Plugged({"control": (DEVICE,)}),
        Plugged({}),
    ]


def test_an_mpe_keyboard_is_heard_as_one_player() -> None:
    stage = Stage()
    stage.play(b"\xb0\x65\x00", b"\xb0\x64\x06", b"\xb0\x06\x0f")
    stage.said.clear()
    stage.play(b"\xe3\x00\x50", b"\x93\x3c\x50", b"\xd3\x20", b"\xe3\x00\x52", b"\x94\x40\x50", b"\x83\x3c\x40")
    assert stage.inputs() == [b"\x90\x3c\x50", b"\x90\x40\x50", b"\x80\x3c\x40"]
    assert [type(ear.event) for ear in stage.ears[-3:]] == [Pressed, Pressed, Released]


def test_controllers_are_no_part_of_a_zone() -> None:
    stage = Stage()
    stage.play(b"\xb0\x65\x00", b"\xb0\x64\x06", b"\xb0\x06\x0f")
    stage.said.clear()
    stage.play(b"\xb3\x4a\x40", port="control")
    assert stage.inputs() == [b"\xb3\x4a\x40"]
