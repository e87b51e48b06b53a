from typing import Any

from bridge.bench.outside import HELD, KEY, UNANSWERED, Ear
from bridge.midi.messages import NoteOff, NoteOn, decode, encode

PERIOD, RATE = 64, 48000


class Port:
    """A MIDI port of a JACK client."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.incoming: list[tuple[int, bytes]] = []
        self.written: list[tuple[int, bytes]] = []

    def incoming_midi_events(self) -> list[tuple[int, bytes]]:
        return self.incoming

    def clear_buffer(self) -> None:
        self.written = []

    def write_midi_event(self, offset: int, data: bytes) -> None:
        self.written.append((offset, data))


class Client:
    """A JACK client whose cycles come when the test says so."""

    samplerate = RATE

    def __init__(self) -> None:
        self.midi_inports = self.midi_outports = self
        self.ports: dict[str, Port] = {}
        self.frame_time = self.last_frame_time = 0
        self.process: Any = None

    def register(self, name: str) -> Port:
        return self.ports.setdefault(name, Port(name))

    def set_process_callback(self, callback: Any) -> None:
        self.process = callback

    def set_xrun_callback(self, callback: Any) -> None:
        pass

    def activate(self) -> None:
        pass

    def cycle(self, *arriving: tuple[int, bytes]) -> list[tuple[int, bytes]]:
        """Run a cycle with messages that arrive in it; returns what was played, in frames."""
        start = self.last_frame_time
        self.ports["ear"].incoming = [(frame - start, data) for frame, data in arriving]
        self.process(PERIOD)
        self.last_frame_time = self.frame_time = start + PERIOD
        return [(start + offset, data) for offset, data in self.ports["hand"].written]


def test_arrivals_are_stamped_with_their_own_frames() -> None:
    client = Client()
    ear = Ear(client)
    client.cycle()
    client.cycle((100, encode(NoteOn(0, 60, 80))))
    assert ear.take()[0] == [(100, encode(NoteOn(0, 60, 80)))]
    assert ear.take()[0] == []


def test_what_is_played_leaves_in_its_frame_and_is_kept() -> None:
    client = Client()
    ear = Ear(client)
    ear.play([(0.002, b"\x90\x3c\x50")])
    assert client.cycle() == []
    assert client.cycle() == [(96, b"\x90\x3c\x50")]
    assert ear.take()[1] == [(96, b"\x90\x3c\x50")]


def test_a_key_is_pressed_when_the_band_plays_and_the_time_to_the_notes_end_is_kept() -> None:
    client = Client()
    ear = Ear(client)
    ear.answering = True
    pressed = client.cycle((10, encode(NoteOn(0, 72, 80))))
    assert [(frame, decode(data)) for frame, data in pressed] == [(10, NoteOn(0, KEY, 80))]
    client.cycle((70, encode(NoteOff(0, 99))))
    client.cycle((138, encode(NoteOff(0, 72))))
    assert ear.answers == [128]
    played = [message for _ in range(round(HELD * RATE / PERIOD) + 1) for message in client.cycle()]
    assert [decode(data) for _, data in played] == [NoteOff(0, KEY)]


def test_a_note_that_goes_on_regardless_is_counted_and_the_key_let_go() -> None:
    client = Client()
    ear = Ear(client)
    ear.answering = True
    client.cycle((10, encode(NoteOn(0, 72, 80))))
    played = [message for _ in range(round((UNANSWERED + HELD) * RATE / PERIOD) + 4) for message in client.cycle()]
    assert ear.missed == 1
    assert [decode(data) for _, data in played] == [NoteOff(0, KEY)]


def test_without_being_told_to_it_answers_nothing() -> None:
    client = Client()
    Ear(client)
    assert client.cycle((10, encode(NoteOn(0, 72, 80)))) == []
