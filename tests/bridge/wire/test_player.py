import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge.clock.offline import OfflineTime
from bridge.clock.tempo_map import TempoMap
from bridge.midi.ledger import Ledger
from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import Written
from bridge.music.groove import Groove
from bridge.music.note import Note, Voice
from bridge.wire.player import Player
from bridge.wire.protocol import Closed, Sent
from bridge.wire.wire import INS, OUTS
from tests.bridge.wire.cable import Out, onsets, open_notes
from tests.bridge.wire.frail import PatientPorts

ROLLING = TempoMap(bpm=120.0, playing=True)


class Stage:
    """A player on the loopback, with time in our hands."""

    def __init__(self) -> None:
        self.time = OfflineTime()
        self.out: Out = []
        self.reports: list[Sent | Closed] = []
        self.ports = LoopbackPorts(self.time.now)
        for port in OUTS:
            self.ports.listen(port, lambda t, d, p=port: self.out.append((t, p, d)))  # type: ignore[misc]
        self.written: list[Written] = []
        self.ports.open(INS, OUTS, lambda e: self.written.append(e) if isinstance(e, Written) else None)
        self.ledger = Ledger(None, OUTS)
        self.player = Player(self.ports, self.ledger, self.reports.append, itertools.count(1))
        self.map = ROLLING

    def at(self, time: float) -> None:
        """Let time pass to `time`, sending what falls due on the way."""
        while True:
            due = self.player.advance(self.map, self.time.now())
            for event in self.written:
                self.player.written(event)
            self.written.clear()
            if due > time:
                break
            self.time.run_until(due)
        self.time.run_until(time)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def note(beat: float, duration: float = 1.0, pitch: int = 60, voice: Voice = Voice.LEAD) -> Note:
    return Note(voice, beat, duration, pitch, 80)


def test_a_note_leaves_at_its_beat_and_ends_after_its_duration(stage: Stage) -> None:
    stage.player.put(1, note(2.0, 0.5))
    stage.at(5.0)
    assert [(round(t, 6), d[0] & 0xF0) for t, _, d in stage.out] == [(1.0, 0x90), (1.25, 0x80)]


def test_a_tempo_change_moves_what_is_queued(stage: Stage) -> None:
    stage.player.put(1, note(4.0))
    stage.at(1.0)  # beat 2
    stage.map = replace(ROLLING, beat=2.0, time=1.0, bpm=60.0)
    stage.at(10.0)
    assert onsets(stage.out) == [(3.0, 60)]


def test_a_note_that_is_too_late_is_dropped_and_counted_and_one_a_little_late_is_played(stage: Stage) -> None:
    stage.at(1.0)
    stage.player.put(1, note(1.9))
    stage.player.put(2, note(1.98, pitch=62))
    stage.at(4.0)
    sent = [r for r in stage.reports if isinstance(r, Sent)]
    assert [(s.id, s.dropped) for s in sent] == [(1, True), (2, False)]
    assert onsets(stage.out) == [(1.0, 62)]
    assert not open_notes(stage.out)


def test_what_is_said_twice_sounds_once(stage: Stage) -> None:
    stage.player.put(7, note(1.0))
    stage.player.put(7, note(1.0))
    stage.at(2.0)
    stage.player.put(7, note(1.0))
    stage.at(4.0)
    assert len(onsets(stage.out)) == 1


def test_a_pitch_struck_again_is_closed_first(stage: Stage) -> None:
    stage.player.put(1, note(1.0, 4.0))
    stage.player.put(2, note(2.0, 1.0))
    stage.at(5.0)
    assert not open_notes(stage.out)
    assert [d[0] & 0xF0 for _, _, d in stage.out] == [0x90, 0x80, 0x90, 0x80]


def test_withdrawn_notes_do_not_sound_and_those_before_stay(stage: Stage) -> None:
    for index in range(8):
        stage.player.put(index, note(float(index), 0.5, 60 + index))
    stage.player.withdraw(Voice.LEAD, 4.0)
    stage.at(10.0)
    assert [pitch for _, pitch in onsets(stage.out)] == [60, 61, 62, 63]


def test_hushing_a_voice_leaves_the_others_sounding(stage: Stage) -> None:
    stage.player.put(1, note(0.0, 8.0))
    stage.player.put(2, note(0.0, 8.0, voice=Voice.BASS))
    stage.at(1.0)
    stage.player.hush(1.0, stage.map, Voice.LEAD)
    assert set(open_notes(stage.out)) == {("bass", 0, 60)}


def test_a_port_that_is_heard_late_plays_early_and_the_others_do_not(stage: Stage) -> None:
    stage.player.shift({"lead": -0.25, "bass": 0.1})
    for id, voice in enumerate((Voice.LEAD, Voice.BASS, Voice.DRUMS)):
        stage.player.put(id, note(2.0, 0.5, voice=voice))
    stage.at(5.0)
    heard = {(port, data[0] & 0xF0): round(time, 6) for time, port, data in stage.out}
    assert heard == {
        ("lead", 0x90): 0.75,
        ("lead", 0x80): 1.0,
        ("bass", 0x90): 1.1,
        ("bass", 0x80): 1.35,
        ("drums", 0x90): 1.0,
        ("drums", 0x80): 1.25,
    }


def test_a_note_counts_as_ended_on_its_beat_wherever_its_port_is_heard(stage: Stage) -> None:
    stage.player.shift({"lead": -0.25})
    stage.player.put(1, note(2.0, 0.5))
    stage.at(5.0)
    assert [round(r.beat, 6) for r in stage.reports if isinstance(r, Closed)] == [2.5]
    assert [r.late for r in stage.reports if isinstance(r, Sent)] == [0.0]


@pytest.mark.parametrize("offset", [-0.5, 0.5])
def test_an_offset_that_changes_in_mid_note_moves_its_end_and_doubles_nothing(stage: Stage, offset: float) -> None:
    stage.player.put(1, note(2.0, 2.0))
    stage.player.put(2, note(6.0, 1.0))
    stage.at(1.5)
    stage.player.shift({"lead": offset})
    stage.at(6.0)
    assert [round(t, 6) for t, _, _ in stage.out] == [1.0, 2.0 + offset, 3.0 + offset, 3.5 + offset]
    assert not open_notes(stage.out)


def test_a_port_that_suddenly_is_to_play_earlier_drops_what_would_have_had_to_begin_long_ago(stage: Stage) -> None:
    for id in range(8):
        stage.player.put(id, note(id * 0.5, 0.25, 60 + id))
    stage.at(0.6)
    stage.player.shift({"lead": -0.5})
    stage.at(5.0)
    dropped = [r.id for r in stage.reports if isinstance(r, Sent) and r.dropped]
    assert dropped == [3, 4]
    assert [pitch for _, pitch in onsets(stage.out)] == [60, 61, 62, 65, 66, 67]
    assert not open_notes(stage.out)


def test_nothing_is_played_before_what_was_left_is_swept(stage: Stage) -> None:
    stage.ledger.on("lead", 0, 40)
    stage.player.hold()
    stage.player.put(1, note(0.5))
    stage.player.put(2, note(1.5))
    stage.at(0.5)
    assert stage.out == []
    stage.player.sweep(0.5)
    stage.at(2.0)
    assert [(data[0], data[1]) for _, _, data in stage.out] == [
        (0x80, 40),
        (0xB0, 123),
        (0xB0, 120),
        (0x90, 60),
        (0x80, 60),
    ]
    assert [r.dropped for r in stage.reports if isinstance(r, Sent)] == [True, False]


ACTIONS = st.one_of(
    st.tuples(st.just("put"), st.floats(-2, 8), st.floats(0.01, 6), st.integers(58, 61), st.sampled_from([*Voice])),
    st.tuples(st.just("withdraw"), st.floats(-4, 8), st.sampled_from([*Voice])),
    st.tuples(st.just("hush"), st.sampled_from([*Voice])),
    st.tuples(st.just("tempo"), st.floats(20, 400)),
    st.tuples(st.just("stop")),
    st.tuples(st.just("wait"), st.floats(0, 3)),
    st.tuples(st.just("shift"), st.dictionaries(st.sampled_from(OUTS), st.floats(-0.5, 0.5))),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, max_size=40))
def test_every_note_on_gets_its_note_off_exactly_once(actions: list[tuple[object, ...]]) -> None:
    stage = Stage()
    ids = itertools.count()
    now = 0.0
    for action in actions:
        match action:
            case ("put", float(beat), float(duration), int(pitch), Voice() as voice):
                stage.player.put(next(ids), Note(voice, stage.map.beat_at(now) + beat, duration, pitch, 80))
            case ("withdraw", float(beat), Voice() as voice):
                stage.player.withdraw(voice, stage.map.beat_at(now) + beat)
            case ("hush", Voice() as voice):
                stage.player.hush(now, stage.map, voice)
            case ("tempo", float(bpm)):
                stage.map = replace(stage.map, beat=stage.map.beat_at(now), time=now, bpm=bpm)
            case ("stop",):
                stage.player.forget_plan()
                stage.player.hush(now, stage.map)
            case ("shift", dict() as offsets):
                stage.player.shift(offsets)
            case ("wait", float(seconds)):
                now += seconds
                stage.at(now)
    stage.player.forget_plan()
    stage.player.hush(now, stage.map)
    stage.at(now + 1.0)
    assert not open_notes(stage.out)
    assert stage.player.sounding == 0
    assert stage.ledger.sounding() == ()


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_the_ledger_says_what_sounds_at_every_moment(seed: int) -> None:
    stage = Stage()
    for index in range(12):
        beat = (seed >> (index * 2)) % 5 / 2
        stage.player.put(index, note(beat, 0.25 + index % 3, 60 + index % 4))
    for step in range(20):
        stage.at(step * 0.2)
        assert set(stage.ledger.sounding()) == set(open_notes(stage.out))


class Early:
    """A player on ports that take messages ahead of time, as JACK does; the cable may be out."""

    def __init__(self) -> None:
        self.time = OfflineTime()
        self.out: Out = []
        self.ports = PatientPorts(self.time.now)
        self.ports.listen("lead", lambda time, data: self.out.append((time, "lead", data)))
        self.written: list[Written] = []
        self.ports.open(INS, OUTS, lambda e: self.written.append(e) if isinstance(e, Written) else None)
        self.ledger = Ledger(None, OUTS)
        self.player = Player(self.ports, self.ledger, lambda _: None, itertools.count(1))

    def write(self, until: float) -> None:
        """The ports write what is due by a time, and say so."""
        self.ports.write(until)
        for event in self.written:
            self.player.written(event)
        self.written.clear()

    def lose(self) -> None:
        """What was handed over finds no cable."""
        for _, _, _, token in self.ports.waiting:
            self.player.written(Written(token, 0.0, lost=True))
        self.ports.waiting.clear()


def test_a_note_that_found_no_cable_leaves_no_mark_even_where_its_off_was_under_way() -> None:
    early = Early()
    early.player.put(1, note(0.01))
    early.player.advance(ROLLING, 0.0)
    early.player.hush(0.0, ROLLING)
    early.lose()
    assert early.ledger.sounding() == ()


def test_nor_does_one_that_was_struck_again_before_that_was_known() -> None:
    early = Early()
    early.player.put(1, note(0.01))
    early.player.put(2, note(0.02))
    early.player.advance(ROLLING, 0.0)
    early.lose()
    assert early.ledger.sounding() == ()


def test_a_tempo_that_leaps_does_not_let_a_note_overtake_what_was_handed_over_for_its_key() -> None:
    early = Early()
    early.player.put(1, note(0.036))
    early.player.advance(ROLLING, 0.0)
    early.player.hush(0.0, ROLLING)
    early.player.put(2, note(0.03))
    early.player.advance(replace(ROLLING, bpm=280.0), 0.001)
    early.ports.write(1.0)
    assert [data[0] & 0xF0 for _, _, data in early.out] == [0x90, 0x80, 0x90]


def test_a_note_waits_for_the_off_that_a_cable_which_is_back_is_owed() -> None:
    early = Early()
    early.player.put(1, note(0.01, 0.1))
    early.player.advance(ROLLING, 0.0)
    early.write(0.006)
    early.player.lost("lead")
    early.player.advance(ROLLING, 0.1)
    early.write(0.1)
    early.out.clear()
    early.player.found("lead", 0.13)
    early.player.touch(-1, Voice.LEAD, 60, 80, 0.11, ROLLING)
    early.player.let_go(Voice.LEAD, 60, 0.111, ROLLING)
    early.write(1.0)
    assert [data[0] & 0xF0 for _, _, data in early.out] == [0x80, 0x90, 0x80]


def test_a_key_struck_again_keeps_its_mark_until_the_last_of_its_offs_is_written() -> None:
    early = Early()
    early.player.put(1, note(0.01, 0.01))
    early.player.put(2, note(0.03, 0.01))
    early.player.advance(ROLLING, 0.0)
    early.write(0.016)  # the second on is out, its off is not: a wire that died now would leave it sounding
    assert [data[0] & 0xF0 for _, _, data in early.out] == [0x90, 0x80, 0x90]
    assert early.ledger.sounding() == (("lead", 0, 60),)
    early.write(1.0)
    assert early.ledger.sounding() == ()


def test_a_groove_moves_what_sounds_and_what_is_said_to_sound_but_not_the_plan(stage: Stage) -> None:
    stage.player.put(1, note(0.5, 0.5))
    stage.player.put(2, note(1.0, 0.5))
    stage.player.sway(ROLLING, Groove(swing={Voice.LEAD: 1.0}))
    stage.at(2.0)
    assert [round(time, 4) for time, _ in onsets(stage.out)] == [round(1 / 3, 4), 0.5]
    sent = [report for report in stage.reports if isinstance(report, Sent)]
    assert [report.note.beat for report in sent] == [0.5, 1.0]
    assert [round(report.sounding.beat, 4) for report in sent] == [round(2 / 3, 4), 1.0]
    assert [round(report.sounding.end, 4) for report in sent] == [1.0, round(5 / 3, 4)]
    assert not open_notes(stage.out)


def test_a_groove_that_is_turned_while_notes_wait_moves_them_at_once_and_back(stage: Stage) -> None:
    stage.player.sway(ROLLING, Groove(swing={Voice.LEAD: 1.0}))
    stage.player.put(1, note(0.5))
    stage.player.put(2, note(1.5))
    stage.player.recall([1])
    stage.player.sway(ROLLING, Groove())
    stage.at(3.0)
    assert [time for time, _ in onsets(stage.out)] == [0.75]
    assert not open_notes(stage.out)


def test_a_drummers_lateness_is_milliseconds_at_any_tempo(stage: Stage) -> None:
    groove, snare = Groove(feel=1.0, style="jazz"), Note(Voice.DRUMS, 0.25, 0.125, 38, 80)
    stage.map = msgspec.structs.replace(ROLLING, bpm=60.0)
    stage.player.sway(ROLLING, groove)
    stage.player.sway(stage.map)
    stage.player.put(1, snare)
    stage.at(1.0)
    ((time, _),) = onsets(stage.out, "drums")
    assert time == pytest.approx(stage.map.time_at(groove.on(snare, 0.0, 60.0)))


def test_notes_that_are_released_by_id_end_at_once_and_once(stage: Stage) -> None:
    stage.player.put(1, note(0.0, 4.0, 60))
    stage.player.put(2, note(0.0, 4.0, 64))
    stage.at(0.5)
    stage.player.release((1, 99), stage.time.now(), stage.map)
    stage.at(0.6)
    assert open_notes(stage.out) == {("lead", 0, 64): 1}
    stage.at(3.0)
    assert not open_notes(stage.out)
    assert len(stage.out) == 4
