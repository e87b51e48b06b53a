import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.errors import SettingsError
from bridge.jam.looper import Loop, Looper
from bridge.jam.phrase import Phrase
from bridge.jam.plan import Plan
from bridge.jam.section import Moment
from bridge.music.note import Note, Span, Voice

MAP = TempoMap(playing=True)
PHRASE = Phrase(tuple(Note(Voice.LEAD, float(beat), 0.9, 60 + beat, 80) for beat in range(8)), 8.0)


def at(beat: float) -> Moment:
    return Moment(beat, beat / 2, MAP)


class Stage:
    """A looper and its plan, which is looked into."""

    def __init__(self) -> None:
        self.plan = Plan(lambda _: None)
        self.looper = Looper(self.plan, lambda note: note)

    def pass_time(self, start: float, end: float) -> None:
        beat = start
        while beat < end:
            self.looper.step(at(beat), beat + 0.1)
            beat += 0.05

    @property
    def planned(self) -> list[tuple[float, int]]:
        return sorted((note.beat, note.pitch) for _, note, _ in self.plan.notes)


def test_a_loop_is_planned_once_and_only_a_little_ahead() -> None:
    stage = Stage()
    stage.looper.play(Loop(PHRASE, 4.0), 4.0)
    stage.pass_time(3.0, 20.0)
    assert stage.planned == [(4.0 + beat, 60 + beat % 8) for beat in range(len(stage.planned))]
    assert 19 <= len(stage.planned) <= 21


def test_what_is_let_go_ends_at_the_bar_line_and_says_which_voices_are_free() -> None:
    stage = Stage()
    stage.looper.play(Loop(PHRASE, 0.0), 0.0)
    stage.pass_time(0.0, 5.0)
    assert stage.looper.let_go(8.0) == (Voice.LEAD,)
    assert stage.looper.voices == ()
    stage.pass_time(5.0, 9.0)
    assert max(beat for beat, _ in stage.planned) == 7.0
    assert stage.looper.loop is None


def test_bars_come_up_next_behind_the_commit_line() -> None:
    looper = Stage().looper
    looper.play(Loop(PHRASE, 0.0), 0.0)
    assert looper.lap(2, 2, 3.9, MAP) == (Span(4.0, 8.0), Span(0.0, 8.0))
    assert looper.lap(2, 2, 4.1, MAP) == (Span(12.0, 16.0), Span(8.0, 16.0))
    assert looper.lap(1, 2, 4.1, MAP) == (Span(8.0, 16.0), Span(8.0, 16.0))
    for bars in ((0, 1), (2, 1), (1, 3)):
        with pytest.raises(SettingsError, match="repeats bars 1 to 2"):
            looper.lap(*bars, 0.0, MAP)


def test_an_answer_without_a_note_leaves_what_stands() -> None:
    stage = Stage()
    stage.looper.play(Loop(PHRASE, 0.0), 0.0)
    ask = Ask(id=7, span=Span(4.0, 8.0), voices=(Voice.LEAD,))
    stage.looper.ask(ask, 0.0, 0.0)
    assert stage.looper.answered(7, at(1.0), 1.1)
    assert stage.looper.loop is not None
    assert stage.looper.loop.phrase == PHRASE
    assert not stage.looper.answered(7, at(1.0), 1.1)


def test_an_answer_of_other_voices_leaves_these() -> None:
    stage = Stage()
    both = Phrase((*PHRASE.notes, Note(Voice.BASS, 5.0, 1.0, 36, 80)), 8.0)
    stage.looper.play(Loop(both, 0.0), 0.0)
    stage.looper.ask(Ask(id=7, span=Span(4.0, 8.0), voices=(Voice.LEAD,)), 0.0, 0.0)
    stage.looper.note(7, Note(Voice.LEAD, 4.0, 4.0, 90, 80))
    stage.looper.answered(7, at(1.0), 1.1)
    assert stage.looper.loop is not None
    assert [note.pitch for note in stage.looper.loop.phrase.notes] == [60, 61, 62, 63, 90, 36]
    assert stage.looper.earlier() == Loop(both, 0.0)
