"""Latency offsets at the wire, and a life in which everything that can leave a note stuck happens at once."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.family import Pressed
from bridge.midi.ledger import Ledger
from bridge.midi.ports import PortNews
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.wire.protocol import (
    Bye,
    Closed,
    Harmony,
    Input,
    Locate,
    Offsets,
    Panic,
    Put,
    Sent,
    Start,
    Stop,
    Tempo,
    Withdraw,
)
from bridge.wire.wire import OUTS, Item
from tests.bridge.wire.cable import onsets, open_notes
from tests.bridge.wire.frail import FrailPorts
from tests.bridge.wire.test_wire import Bench, put


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.run(0.0, Tempo(120.0, Meter()), Start())
    return bench


def test_a_player_who_comes_in_late_counts_as_earlier_for_desk_and_engine(bench: Bench) -> None:
    bench.run(1.1, Offsets({"in": -0.05, "lead": 0.2}))
    played = bench.maps()[-1].map.beat_at(bench.time.now())
    bench.ports.arrive("in", b"\x90\x3c\x40")
    bench.run(0.01)
    (heard,) = [m for m in bench.said if isinstance(m, Input)]
    assert heard.beat == pytest.approx(played - 0.1, abs=0.005)
    assert [ear.event.beat for ear in bench.ears if isinstance(ear.event, Pressed)] == [heard.beat]


def test_an_input_offset_moves_no_clock(bench: Bench) -> None:
    bench.run(0.0, Offsets({"in": -0.3}))
    bench.ports.arrive("in", b"\xfa")
    for _ in range(48):
        bench.ports.arrive("in", b"\xf8")
        bench.run(0.025)
    map = bench.maps()[-1].map
    assert map.beat_at(bench.time.now()) + map.song == pytest.approx(2.0, abs=0.05)


def test_offsets_replace_those_before(bench: Bench) -> None:
    bench.run(0.0, Offsets({"lead": -0.2}), Offsets({"bass": 0.1}))
    bench.run(4.0, put((2.0, 60)), put((2.0, 40), voice=Voice.BASS, ids=[5]))
    beat = bench.maps()[-1].map.time_at(2.0)
    assert onsets(bench.out, "lead")[0][0] == pytest.approx(beat, abs=0.002)
    assert onsets(bench.out, "bass")[0][0] == pytest.approx(beat + 0.1, abs=0.002)


def test_what_a_killed_wire_left_is_swept_when_the_cables_are_back_and_no_note_begins_before() -> None:
    ledger = Ledger(None, OUTS)
    ledger.on("lead", 0, 60)
    bench = Bench(ledger=ledger)
    assert bench.wire.hold() == 1
    bench.run(1.0, Tempo(120.0, Meter()), Start(), put((0.5, 64), (4.0, 65)))
    assert bench.out == []
    bench.run(3.0, PortNews("", "restored"))
    assert [(data[0], data[1]) for _, _, data in bench.out[:3]] == [(0x80, 60), (0xB0, 123), (0xB0, 120)]
    assert [pitch for _, pitch in onsets(bench.out)] == [65]
    assert ledger.sounding() == (("lead", 0, 65),)


SOME_OUT = st.sampled_from(["lead", "chords", "bass", "drums"])
PITCH = st.integers(58, 60)
EVENT = st.one_of(
    st.tuples(st.just("put"), st.floats(-1, 4), st.floats(0.01, 4), PITCH, st.sampled_from([*Voice])),
    st.tuples(st.just("press"), PITCH, st.sampled_from([80, 99])),
    st.tuples(st.just("release"), PITCH),
    st.tuples(st.just("pedal"), st.booleans()),
    st.tuples(st.just("offsets"), st.dictionaries(st.sampled_from(["in", *OUTS]), st.floats(-0.5, 0.5))),
    st.tuples(st.just("unplug"), SOME_OUT, st.booleans()),
    st.tuples(st.just("plug"), SOME_OUT),
    st.tuples(st.just("withdraw"), st.floats(-2, 4), st.sampled_from([*Voice]), st.booleans()),
    st.tuples(st.just("tempo"), st.floats(20, 300)),
    st.tuples(st.just("locate"), st.floats(0, 64)),
    st.tuples(st.just("harmony"), st.booleans()),
    st.sampled_from([("stop",), ("start",), ("panic",), ("in lost",)]),
    st.tuples(st.just("wait"), st.floats(0, 1.5)),
)


SAID: dict[str, Item] = {
    "stop": Stop(),
    "start": Start(),
    "panic": Panic(),
    "in lost": PortNews("in", "lost", "keys"),
}


class Life:
    """A wire to which things happen: by the human, the desk, the cables."""

    def __init__(self) -> None:
        self.bench = Bench(FrailPorts)
        assert isinstance(self.bench.ports, FrailPorts)
        self.ports = self.bench.ports
        self.ids = 0
        self.unnoticed = False
        self.bench.run(0.0, Tempo(120.0, Meter()), Start())

    def happen(self, event: tuple[object, ...]) -> None:
        beat = self.bench.maps()[-1].map.beat_at(self.bench.time.now())
        run = self.bench.run
        match event:
            case ("put", float(after), float(duration), int(pitch), Voice() as voice):
                self.ids += 1
                run(0.0, Put((self.ids,), (Note(voice, beat + after, duration, pitch, 80),)))
            case ("press", int(pitch), int(velocity)):
                self.ports.arrive("in", bytes((0x90, pitch, velocity)))
            case ("release", int(pitch)):
                self.ports.arrive("in", bytes((0x80, pitch, 64)))
            case ("pedal", bool(down)):
                self.ports.arrive("in", bytes((0xB0, 64, 127 * down)))
            case ("offsets", dict() as offsets):
                run(0.0, Offsets(offsets))
            case ("unplug", str(port), bool(noticed)):
                self.unnoticed |= not noticed
                self.ports.unplug(port, noticed)
            case ("plug", str(port)):
                self.ports.plug(port)
            case ("withdraw", float(after), Voice() as voice, bool(hush)):
                run(0.0, Withdraw(voice, beat + after, hush))
            case ("tempo", float(bpm)):
                run(0.0, Tempo(bpm, Meter()))
            case ("locate", float(to)):
                run(0.0, Locate(to))
            case ("harmony", bool(on)):
                run(0.0, Harmony(Voice.CHORDS, tuple((pitch - 1,) for pitch in range(1, 129)) if on else ()))
            case ("wait", float(seconds)):
                run(seconds)
            case (str(word),):
                run(0.0, SAID[word])
        run(0.002)

    def end(self) -> None:
        for port in ("lead", "chords", "bass", "drums"):
            self.ports.plug(port)
        self.bench.run(0.1, Stop())
        self.bench.run(0.1, Bye())


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENT, max_size=40))
def test_whatever_happens_every_note_that_was_sent_is_closed_once_and_no_mark_stays(
    events: list[tuple[object, ...]],
) -> None:
    life = Life()
    for event in events:
        life.happen(event)
    life.end()
    sent = [m.id for m in life.bench.said if isinstance(m, Sent) and not m.dropped]
    closed = Counter(m.id for m in life.bench.said if isinstance(m, Closed))
    assert set(sent) == set(closed)
    assert len(sent) == len(set(sent))
    assert max(closed.values(), default=1) == 1
    assert life.bench.ledger.sounding() == ()
    assert life.bench.wire.sounding == life.bench.wire.in_flight == 0
    sounding: set[tuple[str, int, int]] = set()
    for _, port, data in life.bench.out:
        key = (port, data[0] & 0x0F, data[1])
        if data[0] & 0xF0 == 0x90:
            sounding.add(key)
        elif data[0] & 0xF0 == 0x80:
            sounding.discard(key)
    assert not sounding
    if not life.unnoticed and not any(event[0] in ("unplug", "plug") for event in events):
        open_notes(life.bench.out)  # and none was closed twice


@settings(max_examples=60, deadline=None)
@given(
    human=st.lists(st.tuples(st.floats(0.0, 4.0), st.floats(0.01, 1.0), st.sampled_from([80, 99])), max_size=12),
    band=st.lists(st.tuples(st.floats(0.0, 8.0), st.floats(0.05, 2.0)), max_size=12),
    offset=st.floats(-0.05, 0.05),
)
def test_a_human_on_the_bands_own_pitch_and_channel_is_let_go_and_the_bands_notes_are_closed_by_the_band_alone(
    human: list[tuple[float, float, int]], band: list[tuple[float, float]], offset: float
) -> None:
    bench = Bench()
    bench.run(0.0, Tempo(120.0, Meter()), Offsets({"lead": offset}), Start())
    until = 0.0
    for wanted, length, velocity in sorted(human):
        start = max(wanted, until)  # one finger: it strikes again when it has let go
        until = start + length + 0.001
        bench.time.call_at(start, lambda v=velocity: bench.ports.arrive("in", bytes((0x90, 60, v))))  # type: ignore[misc]
        bench.time.call_at(start + length, lambda: bench.ports.arrive("in", bytes((0x80, 60, 64))))
    notes = tuple(Note(Voice.LEAD, beat, length, 60, 80) for beat, length in band)
    bench.run(max(until, 6.0) + 0.1, Put(tuple(range(len(notes))), notes))
    bench.run(0.1, Stop())
    assert not open_notes(bench.out)
    down = 0
    for data in bench.heard():
        down = down + 1 if data[0] & 0xF0 == 0x90 else max(down - 1, 0)
    assert down == 0
