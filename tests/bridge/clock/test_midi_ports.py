import pytest

from bridge.clock.midi_clock import CONTINUE, START, STOP, TICK, MidiClock
from bridge.clock.midi_ports import MidiPorts


class Desk:
    """Two sequencers on two ports; each tick passes 60 / bpm / 24 seconds."""

    def __init__(self) -> None:
        self.clock = MidiClock()
        self.ports = MidiPorts(self.clock)
        self.time = 0.0

    def send(self, port: str, status: int) -> None:
        self.ports.receive(port, bytes([status]), self.time)
        self.clock.poll(self.time)

    def tick(self, count: int, *ports: str, bpm: float = 120.0) -> None:
        for _ in range(count):
            self.time += 2.5 / bpm
            for index, port in enumerate(ports):
                self.time += 0.001 * index
                self.send(port, TICK)
                self.time -= 0.001 * index


def test_two_ports_that_both_play_do_not_double_the_tempo_and_are_told_once() -> None:
    desk = Desk()
    desk.send("in", START)
    desk.send("control", START)
    desk.tick(200, "in", "control", bpm=100.0)
    assert desk.clock.map.bpm == pytest.approx(100, abs=0.5)
    assert desk.ports.take_notice() == "MIDI clock comes in at two ports; «in» is followed, «control» is not"
    desk.tick(200, "in", "control", bpm=100.0)
    assert desk.ports.take_notice() == ""


def test_a_daw_that_starts_is_heard_over_a_drum_machine_that_only_ticks() -> None:
    desk = Desk()
    desk.tick(100, "control", bpm=90.0)
    desk.send("in", START)
    desk.tick(97, "control", "in", bpm=130.0)
    assert (desk.ports.port, desk.clock.map.playing) == ("in", True)
    assert desk.clock.map.beat_at(desk.time) == pytest.approx(4.0, abs=0.01)
    assert desk.clock.map.bpm == pytest.approx(130, abs=0.5)


@pytest.mark.parametrize("status", [START, STOP, CONTINUE])
def test_a_song_that_runs_is_not_moved_from_another_port(status: int) -> None:
    desk = Desk()
    desk.send("in", START)
    desk.tick(49, "in")
    desk.send("control", status)
    desk.tick(48, "in")
    assert desk.clock.map.beat_at(desk.time) == pytest.approx(4.0)
    assert desk.clock.map.playing


def test_when_the_first_port_falls_silent_ticks_of_another_do_not_play_its_song() -> None:
    desk = Desk()
    desk.send("in", START)
    desk.tick(49, "in")
    desk.time += 1.0
    desk.tick(100, "control", bpm=90.0)
    assert not desk.clock.map.playing
    desk.send("control", START)
    desk.tick(25, "control", bpm=90.0)
    assert desk.clock.map.beat_at(desk.time) == pytest.approx(1.0, abs=0.01)


def test_a_port_that_falls_silent_and_ticks_again_goes_on_in_place() -> None:
    desk = Desk()
    desk.send("in", START)
    desk.tick(49, "in")
    desk.time += 1.0
    desk.tick(24, "in")
    assert desk.clock.map.playing
    assert desk.clock.map.beat_at(desk.time) == pytest.approx(3.0, abs=0.01)


def test_a_tempo_that_doubles_in_one_step_is_followed_and_asked_about_once() -> None:
    desk = Desk()
    desk.send("in", START)
    desk.tick(200, "in", bpm=120.0)
    desk.tick(200, "in", bpm=240.0)
    assert desk.clock.map.bpm == pytest.approx(240, abs=1)
    assert "from 120 to 240 BPM" in desk.ports.take_notice()
    assert desk.ports.take_notice() == ""


def test_a_tempo_that_moves_as_tempos_do_is_not_asked_about() -> None:
    desk = Desk()
    desk.send("in", START)
    for bpm in (120.0, 90.0, 140.0, 100.0, 160.0):
        desk.tick(100, "in", bpm=bpm)
    assert desk.ports.take_notice() == ""
