from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.midi.cycle import Cycle
from bridge.midi.ports import Arrival, PortNews, Written

RATE = 48000


class FullError(Exception):
    """The buffer has no room."""


class Buffer:
    """A JACK port's buffer: keeps what is in it until it is cleared, refuses what comes out of order."""

    def __init__(self, room: int = 30) -> None:
        self.room = room
        self.events: list[tuple[int, bytes]] = []

    def clear_buffer(self) -> None:
        self.events = []

    def write_midi_event(self, time: int, event: bytes) -> None:
        assert not self.events or time >= self.events[-1][0]
        if sum(len(data) for _, data in self.events) + len(event) > self.room:
            raise FullError
        self.events.append((time, event))


class Server:
    """Runs cycles and reads every buffer after each, as the program at the other end would."""

    def __init__(self, *ports: str, frames: int = 64, room: int = 30) -> None:
        self.frames = frames
        self.start = 1000
        self.got: list[Arrival | Written | PortNews] = []
        self.buffers = {port: Buffer(room) for port in ports}
        self.cycle = Cycle(RATE, self.buffers, self.got.append, FullError)
        self.heard: list[tuple[str, int, bytes]] = []

    def run(self, cycles: int = 1) -> None:
        for _ in range(cycles):
            self.cycle.run(self.start, self.frames)
            for port, buffer in self.buffers.items():
                self.heard += [(port, self.start + time, data) for time, data in buffer.events]
            self.start += self.frames

    def news(self) -> list[PortNews]:
        return [event for event in self.got if isinstance(event, PortNews)]


def test_a_message_is_heard_once_at_its_frame() -> None:
    server = Server("lead")
    server.cycle.queue("lead", 1100, b"\x90\x3c\x40", 5)
    server.run(10)
    assert server.heard == [("lead", 1100, b"\x90\x3c\x40")]
    assert server.got == [Written(5, 0.0)]
    assert server.cycle.idle


def test_a_late_message_is_heard_at_the_start_of_the_next_cycle() -> None:
    server = Server("lead")
    server.cycle.queue("lead", 1000 - 480, b"\x90\x3c\x40", 5)
    server.run(3)
    assert server.heard == [("lead", 1000, b"\x90\x3c\x40")]
    assert server.got == [Written(5, 0.01)]


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(("lead", "bass")), st.integers(700, 1600)), max_size=60),
    st.integers(1, 40),
)
def test_nothing_is_lost_nothing_is_early_and_each_port_plays_in_order(
    queued: list[tuple[str, int]], frames: int
) -> None:
    server = Server("lead", "bass", frames=frames)
    for number, (port, frame) in enumerate(queued):
        server.cycle.queue(port, frame, bytes((0x90, number, 64)), number)
    server.run(3000 // frames + len(queued))
    heard = {data[1]: frame for _, frame, data in server.heard}
    assert len(server.heard) == len(heard) == len(queued)
    assert all(heard[number] >= frame for number, (_, frame) in enumerate(queued))
    for port in ("lead", "bass"):
        mine = [number for number, (voice, _) in enumerate(queued) if voice == port]
        played = [data[1] for voice, _, data in server.heard if voice == port]
        assert played == sorted(mine, key=lambda number: (queued[number][1], number))
    late = {event.token: event.late for event in server.got if isinstance(event, Written)}
    for number, (_, frame) in enumerate(queued):
        assert round(late[number] * RATE) <= heard[number] - max(frame, 0)
        assert late[number] > 0 or heard[number] == frame


def test_a_full_buffer_keeps_the_rest_for_the_next_cycle() -> None:
    server = Server("lead", room=6)
    for number in range(5):
        server.cycle.queue("lead", 1000, bytes((0x90, number, 64)), -1)
    server.run(3)
    assert [(frame, data[1]) for _, frame, data in server.heard] == [
        *((1000, 0), (1000, 1)),
        *((1064, 2), (1064, 3)),
        (1128, 4),
    ]


def test_a_message_that_no_buffer_can_hold_is_refused_and_stops_nothing() -> None:
    server = Server("lead")
    server.cycle.queue("lead", 1000, b"\xf0" + bytes(100) + b"\xf7", -1)
    server.cycle.queue("lead", 1001, b"\x90\x3c\x40", -1)
    server.run()
    assert server.heard == [("lead", 1001, b"\x90\x3c\x40")]
    assert "102 bytes is too long" in server.news()[0].detail


def test_a_message_for_no_port_is_reported() -> None:
    server = Server("lead")
    server.cycle.queue("nowhere", 1000, b"\x90\x3c\x40", -1)
    assert "no out port is called nowhere" in server.news()[0].detail


def test_after_a_missed_cycle_recent_releases_are_sent_again_unless_the_key_is_down_anew() -> None:
    server = Server("lead", room=300)
    for frame, data in (
        (1000, b"\x80\x3c\x40"),
        (1001, b"\x80\x3e\x40"),
        (1002, b"\xb0\x40\x00"),
        (1003, b"\x90\x3e\x40"),
    ):
        server.cycle.queue("lead", frame, data, -1)
    server.run()
    server.heard.clear()
    server.cycle.missed()
    server.run(15)
    assert server.heard == []
    server.run()
    repair = 1064 + 15 * 64
    assert server.heard == [("lead", repair, b"\x80\x3c\x40"), ("lead", repair, b"\xb0\x40\x00")]
    server.cycle.missed()
    server.run(40)
    assert len(server.heard) == 2


def test_releases_of_long_ago_are_not_repeated() -> None:
    server = Server("lead")
    server.cycle.queue("lead", 1000, b"\x80\x3c\x40", -1)
    server.run(60)
    server.cycle.missed()
    server.run(20)
    assert len(server.heard) == 1


def test_a_repeated_release_never_cuts_a_note_that_comes_with_it() -> None:
    server = Server("lead")
    server.cycle.queue("lead", 1000, b"\x80\x3c\x40", -1)
    server.run()
    server.cycle.missed()
    server.run(15)
    server.cycle.queue("lead", 900, b"\x90\x3c\x40", -1)
    server.run()
    assert [data[0] for _, _, data in server.heard] == [0x80, 0x80, 0x90]


def test_what_no_cycle_will_ever_write_is_answered_as_lost() -> None:
    server = Server("lead")
    server.cycle.queue("lead", 1 << 30, b"\x80\x3c\x40", 5)
    server.cycle.queue("lead", 1 << 30, b"\xb0\x7b\x00", -1)
    server.cycle.queue("nowhere", 1000, b"\x80\x3c\x40", 6)
    server.cycle.queue("lead", 1000, b"\xf0" + bytes(60) + b"\xf7", 7)
    server.run()
    server.cycle.give_up()
    assert [event for event in server.got if isinstance(event, Written)] == [
        Written(6, 0.0, lost=True),
        Written(7, 0.0, lost=True),
        Written(5, 0.0, lost=True),
    ]
    assert server.cycle.idle
