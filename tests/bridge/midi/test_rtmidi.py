"""RtMidiPorts on a library of our own making; the real one is driven in tests/live."""

import pytest

from bridge.errors import PortError
from bridge.midi.device import SYSTEMS, Arrive
from bridge.midi.ports import Arrival, PortNews, Written
from bridge.midi.rtmidi import LOOPBACK, RtMidiPorts

NOTE = b"\x90\x3c\x40"


class Device:
    """A port of the fake library."""

    def __init__(self, library: "Library", name: str, arrive: Arrive | None) -> None:
        self.library = library
        self.name = name
        self.arrive = arrive

    def write(self, data: bytes) -> bool:
        if self.name in self.library.broken:
            return False
        self.library.heard.append((self.name, data))
        for device in self.library.open:
            if device.arrive and self.library.cables.get(self.name) == device.name:
                device.arrive(data)
        return True

    def close(self) -> None:
        self.library.open.remove(self)
        self.library.closed.append(self.name)


class Library:
    """A MIDI system with the ports that a test gives it; a virtual port is listed like any other."""

    def __init__(self, system: str, ins: tuple[str, ...] = (), outs: tuple[str, ...] = ()) -> None:
        self.system = SYSTEMS[system]
        self.listed = {True: list(ins), False: list(outs)}
        self.open: list[Device] = []
        self.closed: list[str] = []
        self.heard: list[tuple[str, bytes]] = []
        self.cables: dict[str, str] = {}
        self.broken: set[str] = set()
        self.dead = False

    def names(self, inward: bool) -> list[str]:
        if self.dead:
            raise PortError("the system is gone")
        return list(self.listed[inward])

    def virtual(self, port: str, arrive: Arrive | None) -> Device:
        seen = self.system.seen.format(port=port) + " 128:0"
        self.listed[arrive is None].append(seen)
        self.cables[seen] = seen
        self.open.append(Device(self, seen, arrive))
        return self.open[-1]

    def onto(self, name: str, port: str, arrive: Arrive | None) -> Device:
        self.open.append(Device(self, name, arrive))
        return self.open[-1]

    def close(self) -> None:
        self.closed.append("library")


def opened(
    library: Library, system: str, opens: dict[str, tuple[str, ...]] | None = None
) -> tuple[RtMidiPorts, list[Arrival | Written | PortNews]]:
    got: list[Arrival | Written | PortNews] = []
    ports = RtMidiPorts(system, opens, library)
    ports.open(("in", "control"), ("lead", "bass", "guest"), got.append)
    return ports, got


def news(got: list[Arrival | Written | PortNews]) -> list[tuple[str, str]]:
    return [(event.port, event.what) for event in got if isinstance(event, PortNews)]


def test_where_there_are_virtual_ports_the_guest_plays_into_our_own_in() -> None:
    library = Library("alsa")
    ports, got = opened(library, "alsa")
    ports.send("guest", ports.now(), NOTE, 1)
    assert library.heard == [("Antiphon:in 128:0", NOTE)]
    assert [(event.port, event.data) for event in got if isinstance(event, Arrival)] == [("in", NOTE)]
    assert [event.token for event in got if isinstance(event, Written)] == [1]
    assert ports.connections() == {"in": (), "control": (), "lead": (), "bass": ()}


def test_a_named_synth_is_played_beside_the_virtual_port() -> None:
    library = Library("alsa", outs=("USB Synth:MIDI 1 20:0",))
    ports, _ = opened(library, "alsa", {"lead": ("usb synth",)})
    ports.send("lead", ports.now(), NOTE)
    assert [name for name, _ in library.heard] == ["Antiphon:lead 128:0", "USB Synth:MIDI 1 20:0"]


def test_a_vanished_synth_is_reported_and_found_again_under_a_name_like_its_old_one() -> None:
    library = Library("alsa", outs=("USB Synth:MIDI 1 20:0",))
    ports, got = opened(library, "alsa", {"lead": ("USB Synth",)})
    library.listed[False].remove("USB Synth:MIDI 1 20:0")
    ports.poll()
    ports.poll()
    assert news(got) == [("lead", "lost")]
    library.listed[False].append("USB Synth:MIDI 1 24:0")
    ports.poll()
    assert news(got) == [("lead", "lost"), ("lead", "found")]
    assert ports.connections()["lead"] == ("USB Synth:MIDI 1 24:0",)


def test_a_keyboard_plugged_in_later_is_found() -> None:
    library = Library("alsa")
    ports, got = opened(library, "alsa", {"in": ("Keystation",)})
    assert news(got) == [("in", "lost")]
    library.listed[True].append("Keystation:Keystation MIDI 1 20:0")
    ports.poll()
    assert news(got)[-1] == ("in", "found")


def test_our_own_ports_are_never_opened_as_inputs() -> None:
    library = Library("alsa")
    ports, got = opened(library, "alsa", {"in": ("lead",)})
    assert ("in", "lost") in news(got)
    assert not ports.connect("in", "Antiphon:lead 128:0")


def test_a_port_can_be_connected_by_name() -> None:
    library = Library("alsa", outs=("USB Synth:MIDI 1 20:0",))
    ports, _ = opened(library, "alsa")
    assert ports.connect("bass", "USB Synth")
    assert ports.connect("bass", "USB Synth:MIDI 1 20:0")
    assert ports.connections()["bass"] == ("USB Synth:MIDI 1 20:0",)
    assert not ports.connect("bass", "nowhere at all")


def test_a_port_that_refuses_a_message_is_lost_until_it_is_found() -> None:
    library = Library("alsa", outs=("USB Synth",))
    ports, got = opened(library, "alsa", {"lead": ("USB Synth",)})
    library.broken.add("USB Synth")
    ports.send("lead", ports.now(), NOTE)
    assert news(got) == [("lead", "lost")]


def test_what_a_port_cannot_send_anywhere_is_answered_as_lost_and_beside_a_virtual_port_nothing_is() -> None:
    library = Library("windows", ins=(LOOPBACK,), outs=(LOOPBACK, "Synth 3"))
    ports, got = opened(library, "windows", {"lead": ("Synth",)})
    library.listed[False].remove("Synth 3")
    ports.poll()
    ports.send("lead", ports.now(), NOTE, 1)
    ports.send("bass", ports.now(), NOTE, 2)
    assert [(event.token, event.lost) for event in got if isinstance(event, Written)] == [(1, True), (2, False)]
    library = Library("alsa", outs=("USB Synth",))
    ports, got = opened(library, "alsa", {"lead": ("USB Synth",)})
    library.broken.add("USB Synth")
    ports.send("lead", ports.now(), NOTE, 1)
    assert [(event.token, event.lost) for event in got if isinstance(event, Written)] == [(1, False)]


def test_a_system_that_dies_is_told_once() -> None:
    library = Library("alsa")
    ports, got = opened(library, "alsa")
    library.dead = True
    ports.poll()
    ports.poll()
    assert news(got) == [("", "system-lost")]


def test_windows_own_loopback_serves_band_player_and_guest_with_nothing_to_install() -> None:
    a, b = "Default App Loopback (A) 1", "Default App Loopback (B) 2"
    library = Library("windows", ins=(a, b), outs=(a, b))
    library.cables = {a: b, b: a}
    ports, got = opened(library, "windows")
    ports.send("lead", ports.now(), NOTE)
    ports.send("guest", ports.now(), b"\x90\x40\x40")
    assert library.heard == [(a, NOTE), (b, b"\x90\x40\x40")]
    assert [event.data for event in got if isinstance(event, Arrival)] == [b"\x90\x40\x40"]
    assert [device.name for device in library.open] == [a, a, b]
    assert ("control", "lost") in news(got)
    ports.close()
    assert sorted(library.closed) == [a, a, b, "library"]


def test_on_windows_ports_named_for_us_come_first() -> None:
    library = Library("windows", ins=(LOOPBACK, "Antiphon in 0"), outs=(LOOPBACK, "Antiphon in 1", "Antiphon out 2"))
    library.cables = {"Antiphon in 1": "Antiphon in 0"}
    ports, got = opened(library, "windows")
    ports.send("bass", ports.now(), NOTE)
    ports.send("guest", ports.now(), NOTE)
    assert [name for name, _ in library.heard] == ["Antiphon out 2", "Antiphon in 1"]
    assert [event.port for event in got if isinstance(event, Arrival)] == ["in"]


def test_windows_without_any_port_for_us_says_which_to_make() -> None:
    with pytest.raises(PortError, match="loopMIDI"):
        opened(Library("windows", outs=("Microsoft GS Wavetable Synth 0",)), "windows")


def test_a_guest_without_a_way_round_is_heard_all_the_same() -> None:
    library = Library("windows", ins=("Keys 0",), outs=("Synth 0",))
    ports, got = opened(library, "windows", {"in": ("Keys",), "lead": ("Synth",)})
    ports.send("guest", ports.now(), NOTE, 4)
    assert [type(event) for event in got[-2:]] == [Arrival, Written]


def test_closing_closes_outs_before_inputs_and_the_library_last() -> None:
    library = Library("alsa")
    ports, _ = opened(library, "alsa")
    ports.close()
    assert library.open == []
    ins = [library.closed.index(f"Antiphon:{port} 128:0") for port in ("in", "control")]
    assert library.closed.index("Antiphon:bass 128:0") < min(ins)
    assert library.closed[-1] == "library"


def test_a_scan_lists_both_directions_and_marks_what_is_ours() -> None:
    library = Library("alsa", ins=("Keys",))
    ports, _ = opened(library, "alsa")
    listed = {(info.name, info.direction, info.ours) for info in ports.scan()}
    assert ("Keys", "in", False) in listed
    assert ("Antiphon:in 128:0", "out", True) in listed
