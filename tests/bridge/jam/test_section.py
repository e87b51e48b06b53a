"""One section against a plan that is written down, with answers that come when the test says."""

import math

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.jam.legato import held
from bridge.jam.plan import Plan
from bridge.jam.section import Moment, Section
from bridge.music.note import Note, Span, Voice
from bridge.wire.protocol import Put, Recall, ToWire, Withdraw

MAP = TempoMap(playing=True, bpm=120.0)
TURN = Span(0.0, math.inf)


class Stage:
    """A section, what the wire would have planned, and what was asked."""

    def __init__(self, accompanies: bool = True, longest: float = 0.0) -> None:
        self.planned: dict[int, Note] = {}
        self.asks: list[Ask] = []
        self.plan = Plan(self._wire)
        self.section = Section(
            self.plan,
            self._make,
            lambda ask, _: self.asks.append(ask),
            lambda _: None,
            lambda note, _: note,
            "",
            accompanies,
            hold=lambda notes, ask: held(notes, longest, ask.chords),
        )
        self.section.voices = (Voice.BASS,)

    def at(self, beat: float) -> Moment:
        return Moment(beat, beat / 2, MAP)

    def fill(self, beat: float) -> None:
        self.section.fill(TURN, self.at(beat))

    def answer(self, beat: float, pitch: int, until: float = math.inf) -> None:
        """The pending ask is answered at a beat with a note on every beat of its span."""
        span = self.asks[-1].span
        for onset in range(math.ceil(span.start), math.ceil(min(span.end, until))):
            self.section.note(Note(Voice.BASS, float(onset), 0.9, pitch, 80), beat / 2)
        if until == math.inf:
            self.section.end(self.at(beat))

    def pitches(self) -> dict[float, int]:
        return {note.beat: note.pitch for note in self.planned.values()}

    def _make(self, section: Section, span: Span, _: Span, __: Moment) -> Ask:
        return Ask(id=len(self.asks), span=span, voices=section.voices, draft=section.draft(span))

    def _wire(self, message: ToWire) -> None:
        match message:
            case Put(ids, notes):
                self.planned.update(zip(ids, notes, strict=True))
            case Recall(ids):
                for id in ids:
                    self.planned.pop(id, None)
            case Withdraw(_, after):
                self.planned = {id: note for id, note in self.planned.items() if note.beat < after}
            case _:
                raise AssertionError(message)


def test_an_accompanist_is_asked_anew_every_16th_from_behind_the_commit_line() -> None:
    stage = Stage()
    for tick in range(9):
        stage.fill(tick * 0.25)
        stage.answer(tick * 0.25 + 0.01, 40)
    assert len(stage.asks) == 9
    lines = [ask.span.start - tick * 0.25 for tick, ask in enumerate(stage.asks)]
    assert all(0.0 < line < 0.25 for line in lines)


def test_a_late_answer_leaves_the_plan_before_it_in_place() -> None:
    stage = Stage()
    stage.fill(0.0)
    stage.answer(0.01, 40)
    stage.fill(0.25)
    stage.answer(0.3, 50, until=3.0)
    assert set(stage.pitches().values()) == {40}


def test_a_whole_answer_takes_the_place_of_what_was_planned_and_doubles_nothing() -> None:
    stage = Stage()
    stage.fill(0.0)
    stage.answer(0.01, 40)
    stage.fill(0.25)
    stage.answer(0.26, 50)
    pitches = stage.pitches()
    assert len(stage.planned) == len(pitches)
    assert set(pitches.values()) == {50}


def test_an_answer_that_is_very_late_leaves_what_is_about_to_sound() -> None:
    stage = Stage()
    stage.fill(0.0)
    stage.answer(0.01, 40)
    stage.fill(0.25)
    stage.answer(1.5, 50)
    assert stage.pitches()[1.0] == 40
    assert stage.pitches()[2.0] == 50


def test_what_the_model_says_again_is_not_touched() -> None:
    stage = Stage()
    stage.fill(0.0)
    stage.answer(0.01, 40)
    before = {id for id, note in stage.planned.items() if note.beat >= 1.0}
    stage.fill(0.25)
    stage.answer(0.26, 40)
    assert before <= set(stage.planned)


def test_notes_of_one_beat_stand_in_a_draft_as_they_were_planned_so_that_a_replay_asks_the_same() -> None:
    stage = Stage()
    stage.section.voices = (Voice.BASS, Voice.CHORDS)
    stage.fill(0.0)
    onset = float(math.ceil(stage.asks[-1].span.start))
    voiced = [
        Note(Voice.BASS if pitch < 48 else Voice.CHORDS, onset, 1.0, pitch, 80) for pitch in (55, 40, 64, 60, 43, 67)
    ]
    for note in voiced:
        stage.section.note(note, 0.1)
    stage.section.end(stage.at(0.2))
    assert list(stage.section.draft(Span(onset, onset + 1.0))) == voiced


def test_an_ask_carries_the_draft_as_the_model_said_it() -> None:
    stage = Stage()
    stage.section._shape = lambda note, _: msgspec.structs.replace(note, pitch=note.pitch + 12)
    stage.fill(0.0)
    stage.answer(0.01, 40)
    stage.fill(0.25)
    assert {note.pitch for note in stage.asks[-1].draft} == {40}
    assert set(stage.pitches().values()) == {52}


def test_a_section_that_takes_turns_is_asked_only_for_what_is_lacking() -> None:
    stage = Stage(accompanies=False)
    stage.fill(0.0)
    stage.answer(0.01, 40)
    for tick in range(1, 4):
        stage.fill(tick * 0.05)
    assert len(stage.asks) <= 2
    assert all(later.span.start >= earlier.span.end for earlier, later in zip(stage.asks, stage.asks[1:], strict=False))


def test_a_knob_makes_the_plan_anew_behind_the_line_and_keeps_it_until_then() -> None:
    stage = Stage(accompanies=False)
    stage.fill(0.0)
    stage.answer(0.01, 40)
    stage.section.renew(0.5)
    assert set(stage.pitches().values()) == {40}
    stage.fill(0.1)
    assert stage.asks[-1].span.start == 0.5
    stage.answer(0.12, 50)
    assert set(stage.pitches().values()) == {50}


def test_the_vamp_gives_way_to_an_answer_that_comes_before_its_notes_do() -> None:
    stage = Stage(accompanies=False)
    stage.fill(0.0)
    stage.plan.add(Note(Voice.BASS, 1.0, 0.9, 30, 80), Note(Voice.BASS, 2.0, 0.9, 30, 80), by_rule=True)
    stage.section.vamp(Voice.BASS, 3.0)
    stage.answer(1.5, 50)
    assert stage.pitches()[1.0] == 30
    assert {pitch for beat, pitch in stage.pitches().items() if beat > 1.5} == {50}
    assert len(stage.planned) == len(stage.pitches())


def test_notes_are_held_up_to_the_next_one_and_the_model_is_told_what_it_said_itself() -> None:
    stage = Stage(longest=1.0)
    stage.fill(0.0)
    stage.answer(0.0, 40)
    stage.fill(0.26)
    stage.answer(0.26, 40)
    assert {note.duration for note in stage.planned.values() if note.beat == 1.0} == {1.0}
    stage.fill(0.51)
    assert {note.duration for note in stage.asks[-1].draft} == {0.9}
    first = dict(stage.planned)
    stage.answer(0.51, 40)
    assert all(stage.planned[id] == note for id, note in first.items() if 1.0 <= note.beat < 2.0)
