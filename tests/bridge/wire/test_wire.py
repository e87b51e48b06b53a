import math
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.keeper import Timekeeper
from bridge.clock.offline import OfflineTime
from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Pressed, Released, Sounded
from bridge.engine.protocol import Ear
from bridge.midi.ledger import Ledger
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import PortNews
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.wire.protocol import (
    Bye,
    Closed,
    FromWire,
    Input,
    Locate,
    Map,
    Panic,
    Play,
    Put,
    Restore,
    Resume,
    Sent,
    Start,
    Stop,
    Tempo,
    Trouble,
    Unplugged,
)
from bridge.wire.wire import INS, OUTS, Item, Wire
from tests.bridge.wire.cable import Out, onsets, open_notes
from tests.bridge.wire.frail import FrailPorts

STEP = 0.001


class Bench:
    """A wire on the loopback, stepped every millisecond."""

    def __init__(
        self, kind: Callable[[Callable[[], float]], LoopbackPorts] = LoopbackPorts, ledger: Ledger | None = None
    ) -> None:
        self.time = OfflineTime()
        self.said: list[FromWire] = []
        self.ears: list[Ear] = []
        self.out: Out = []
        self.ports = kind(self.time.now)
        self.ledger = ledger or Ledger(None, OUTS)
        for port in OUTS:
            self.ports.listen(port, lambda t, d, p=port: self.out.append((t, p, d)))  # type: ignore[misc]
        self.inbox: list[Item] = []
        self.wire = Wire(self.ports, self.ledger, Timekeeper(), self.said.append, self.ears.append)
        self.ports.open(INS, OUTS, self.inbox.append)

    def run(self, seconds: float, *messages: Item) -> None:
        """Hand over messages, then let time pass."""
        self.inbox.extend(messages)
        end = self.time.now() + seconds
        while True:
            while self.inbox:
                self.wire.handle(self.inbox.pop(0))
            self.wire.step()
            if self.time.now() >= end:
                return
            self.time.run_until(min(self.time.now() + STEP, end))

    def heard(self) -> list[bytes]:
        return [m.data for m in self.said if isinstance(m, Input)]

    def maps(self) -> list[Map]:
        return [m for m in self.said if isinstance(m, Map)]


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.run(0.0, Tempo(120.0, Meter()))
    return bench


def put(*notes: tuple[float, int], voice: Voice = Voice.LEAD, ids: Sequence[int] = ()) -> Put:
    return Put(tuple(ids or range(len(notes))), tuple(Note(voice, beat, 4.0, pitch, 80) for beat, pitch in notes))


def test_a_player_is_heard_by_desk_and_engine_in_the_same_order_and_count(bench: Bench) -> None:
    bench.run(0.2, Start())
    bench.ports.arrive("in", bytes((0x90, 60, 80)))
    bench.run(0.1, put((1.0, 64)))
    bench.ports.arrive("in", bytes((0x90, 60, 0)))
    bench.run(1.0)
    assert [type(ear.event) for ear in bench.ears] == [Pressed, Released, Sounded]
    numbers = [m.seq for m in bench.said if isinstance(m, Input | Sent)]
    assert numbers == [ear.seq for ear in bench.ears] == sorted(numbers)


def test_our_own_notes_that_come_back_are_not_the_players(bench: Bench) -> None:
    for port in ("lead",):
        bench.ports.listen(port, lambda _, data: bench.ports.arrive("in", data))
    bench.run(4.0, Start(), put((1.0, 60), (2.0, 62), (3.0, 64)))
    assert len(onsets(bench.out)) == 3
    assert bench.heard() == []


def test_a_loop_that_runs_away_is_cut_and_told_once(bench: Bench) -> None:
    bench.run(0.1, Start())
    for index in range(2000):
        bench.ports.arrive("in", bytes((0x90, index % 100, 80)))
        bench.run(0.001)
    troubles = [m.text for m in bench.said if isinstance(m, Trouble)]
    assert len(troubles) == 1
    assert "run away" in troubles[0]
    assert len(bench.heard()) < 600


def test_a_stop_closes_every_note_and_forgets_the_plan(bench: Bench) -> None:
    bench.run(1.0, Start(), put((0.5, 60), (1.0, 62), (6.0, 64)))
    assert open_notes(bench.out)
    bench.run(0.1, Stop())
    assert not open_notes(bench.out)
    bench.run(10.0, Resume())
    assert 64 not in [pitch for _, pitch in onsets(bench.out)]


def test_a_jump_closes_every_note_and_stage_beats_go_on(bench: Bench) -> None:
    bench.run(2.0, Start(), put((3.0, 60)))
    before = bench.maps()[-1].map
    bench.run(0.1, Locate(0.0))
    assert not open_notes(bench.out)
    after = bench.maps()[-1].map
    assert after.epoch > before.epoch
    assert after.beat_at(bench.time.now()) > before.beat_at(2.0)
    assert after.beat_at(bench.time.now()) + after.song == pytest.approx(0.2, abs=0.01)


def test_panic_reaches_every_used_channel_but_not_our_own_input(bench: Bench) -> None:
    bench.run(2.0, Start(), put((1.0, 60)), put((1.0, 65), voice=Voice.GUEST, ids=[9]))
    bench.out.clear()
    bench.run(0.1, Panic())
    controls = [(port, data[1]) for _, port, data in bench.out if data[0] & 0xF0 == 0xB0]
    assert controls == [("lead", 123), ("lead", 120)]
    assert next(data[0] & 0xF0 for _, port, data in bench.out if port == "lead") == 0x80
    assert not any(data[0] & 0xF0 == 0xB0 for data in bench.heard())


def test_goodbye_is_silence(bench: Bench) -> None:
    bench.run(2.0, Start(), put((1.0, 60), (2.0, 62), (3.0, 64)))
    bench.run(0.0, Bye())
    assert bench.wire.over
    assert not open_notes(bench.out)


def test_a_tempo_of_our_own_moves_the_plan(bench: Bench) -> None:
    bench.run(1.1, Start(), put((4.0, 60)))
    bench.run(6.0, Tempo(60.0, Meter()))
    assert onsets(bench.out)[0][0] == pytest.approx(1.1 + (4.0 - 1.1 * 2), abs=0.01)


def test_maps_are_published_when_they_say_something_new_and_at_least_once_a_second(bench: Bench) -> None:
    bench.run(10.0, Start())
    assert 10 <= len(bench.maps()) <= 14


def test_an_input_that_is_unplugged_is_told_with_its_beat(bench: Bench) -> None:
    bench.run(1.0, Start())
    bench.run(0.0, PortNews("in", "lost", "keyboard"))
    gone = [m for m in bench.said if isinstance(m, Unplugged)]
    assert [(m.port, round(m.beat)) for m in gone] == [("in", 2)]


def test_a_midi_clock_leads_from_its_start_and_a_stop_is_silence(bench: Bench) -> None:
    bench.ports.arrive("in", b"\xfa")
    for tick in range(60):
        bench.ports.arrive("in", b"\xf8")
        bench.run(0.025, *([put((1.0, 60), (2.0, 62))] if tick == 1 else []))
    assert bench.maps()[-1].source == "midi"
    assert bench.maps()[-1].map.bpm == pytest.approx(100.0, abs=1.0)
    assert open_notes(bench.out)
    bench.ports.arrive("in", b"\xfc")
    bench.run(0.01)
    assert not open_notes(bench.out)


@settings(max_examples=40, deadline=None)
@given(
    looped=st.sets(st.sampled_from(OUTS), min_size=1),
    delay=st.floats(0.0, 0.02),
    voices=st.sets(st.sampled_from([*Voice]), min_size=1),
)
def test_a_panic_with_the_outs_looped_back_to_in_is_a_few_messages_and_over(
    looped: set[str], delay: float, voices: set[Voice]
) -> None:
    bench = Bench()

    def back(data: bytes) -> None:
        bench.time.call_at(bench.time.now() + delay, lambda: bench.ports.arrive("in", data))

    for port in looped - {"guest"}:
        bench.ports.listen(port, lambda _, data: back(data))
    puts = [put((0.5, 60), voice=voice, ids=[number]) for number, voice in enumerate(voices)]
    bench.run(1.0, Tempo(120.0, Meter()), Start(), *puts)
    bench.out.clear()
    answered = len(bench.heard())
    bench.inbox.append(Panic())
    for _ in range(200):
        bench.run(0.005)
        # A desk that takes every CC 123 for a panic of the player.
        panics = [data for data in bench.heard()[answered:] if data[0] & 0xF0 == 0xB0 and data[1] in (120, 123)]
        answered = len(bench.heard())
        bench.inbox.extend(Panic() for _ in panics)
    assert len(bench.out) <= 3 * len(OUTS)


@pytest.fixture
def frail() -> tuple[Bench, FrailPorts]:
    bench = Bench(FrailPorts)
    assert isinstance(bench.ports, FrailPorts)
    bench.run(0.0, Tempo(120.0, Meter()))
    return bench, bench.ports


def books(bench: Bench) -> tuple[set[int], set[int], set[int]]:
    """Ids that were sent, dropped and closed."""
    sent = [m for m in bench.said if isinstance(m, Sent)]
    closed = [m.id for m in bench.said if isinstance(m, Closed)]
    assert len(closed) == len(set(closed))
    return {m.id for m in sent if not m.dropped}, {m.id for m in sent if m.dropped}, set(closed)


def test_while_nothing_is_on_a_port_its_notes_count_as_dropped_and_the_books_balance(
    frail: tuple[Bench, FrailPorts],
) -> None:
    bench, ports = frail
    bench.run(1.0, Start(), *(put((index * 0.5, 40 + index), ids=[index]) for index in range(40)))
    ports.unplug("lead")
    bench.run(15.0)
    sent, dropped, closed = books(bench)
    assert sent | dropped == set(range(40))
    assert dropped
    assert closed == sent
    assert bench.wire.in_flight == 0
    assert bench.wire.sounding == 0


def test_a_note_that_sounds_when_its_port_goes_is_closed_when_it_is_back(frail: tuple[Bench, FrailPorts]) -> None:
    bench, ports = frail
    bench.run(1.0, Start(), put((0.5, 60)))
    ports.unplug("lead")
    bench.run(5.0)
    assert open_notes(bench.out)
    assert bench.ledger.sounding() == (("lead", 0, 60),)
    ports.plug("lead")
    bench.run(0.1)
    assert not open_notes(bench.out)
    assert bench.ledger.sounding() == ()


def test_a_port_that_is_back_before_the_note_should_end_ends_it_at_its_beat(frail: tuple[Bench, FrailPorts]) -> None:
    bench, ports = frail
    bench.run(1.0, Start(), put((0.5, 60)))
    ports.unplug("lead")
    bench.run(0.5)
    ports.plug("lead")
    bench.run(4.0)
    assert [round(time, 2) for time, _, data in bench.out if data[0] & 0xF0 == 0x80] == [2.25]


def test_one_of_several_listeners_that_comes_back_is_told_what_it_missed(frail: tuple[Bench, FrailPorts]) -> None:
    bench, ports = frail
    bench.run(1.0, Start(), put((0.5, 60)))
    ports.unplug("lead", noticed=False)
    bench.run(5.0)
    sent, dropped, closed = books(bench)
    assert (sent, dropped, closed) == ({0}, set(), {0})
    bench.out.clear()
    ports.plug("lead")
    bench.run(0.1)
    assert [(port, data[0], data[1]) for _, port, data in bench.out] == [("lead", 0x80, 60)]


def test_goodbye_while_a_listener_is_away_leaves_no_mark_where_the_offs_were_written(
    frail: tuple[Bench, FrailPorts],
) -> None:
    bench, ports = frail
    bench.run(1.0, Start(), put((0.5, 60)), put((0.5, 62), voice=Voice.BASS, ids=[7]))
    ports.unplug("lead", noticed=False)
    ports.unplug("bass")
    bench.run(0.1, Bye())
    assert bench.ledger.sounding() == (("bass", 0, 62),)


def test_a_system_that_dies_settles_every_note(bench: Bench) -> None:
    bench.run(1.0, Start(), put((0.5, 60)))
    bench.run(0.0, PortNews("", "system-lost", "gone"))
    assert bench.wire.over
    assert books(bench) == ({0}, set(), {0})


def test_what_a_killed_wire_left_is_closed_once_and_its_marks_go_only_when_that_is_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    killed = Ledger(path, OUTS)
    killed.on("lead", 0, 60)
    killed.on("guest", 0, 64)
    killed.pedal("bass", 0, True)
    left, _ = Ledger.recover(path)
    bench = Bench(ledger=Ledger(path, OUTS, left))
    assert bench.wire.sweep(bench.time.now()) == 2
    again, _ = Ledger.recover(path)
    assert again == left
    bench.run(0.1, Tempo(120.0, Meter()))
    done, _ = Ledger.recover(path)
    assert done is not None
    assert (done.notes, done.pedals) == ((), ())
    offs = [(port, data) for _, port, data in bench.out if data[0] & 0xF0 == 0x80]
    assert offs == [("lead", b"\x80\x3c\x40"), ("guest", b"\x80\x40\x40")]
    assert not any(data[0] & 0xF0 == 0xB0 for data in bench.heard())


def test_a_new_wire_counts_on_above_the_dead_one() -> None:
    bench = Bench()
    bench.run(0.0, Restore(TempoMap(), "internal", 740))
    bench.ports.arrive("in", bytes((0x90, 60, 80)))
    bench.run(0.1)
    assert [m.seq > 740 for m in bench.said if isinstance(m, Input)] == [True]
    assert bench.ears[0].seq > 740


@pytest.mark.parametrize("beat", [-1e30, 1e30, 1e16, -math.inf, math.inf, math.nan])
def test_no_song_position_makes_the_wire_talk_more_or_lose_its_beat(bench: Bench, beat: float) -> None:
    bench.run(2.0, Start(), Locate(beat))
    bench.said.clear()
    bench.run(4.0, put((6.0, 60)))
    assert len(bench.maps()) <= 6
    assert bench.maps()[-1].map.beat_at(6.0) == pytest.approx(12.0, abs=0.01)
    assert len(onsets(bench.out)) == 1


def test_a_note_of_the_page_is_a_note_of_the_player_for_desk_and_model_alike(bench: Bench) -> None:
    bench.run(0.01, Play(b"\x90\x3c\x5a"), Play(b"\x80\x3c\x00"))
    assert bench.heard() == [b"\x90\x3c\x5a", b"\x80\x3c\x00"]
    assert [type(ear.event) for ear in bench.ears] == [Pressed, Released]
