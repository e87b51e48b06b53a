import math
from collections.abc import Iterator
from itertools import count, repeat

import msgspec
import pytest

from bridge.engine.answer import ASTRAY, PER_BEAT, Answer, Trouble
from bridge.engine.family import Ask
from bridge.music.note import Note, Span, Voice

ASK = Ask(id=1, span=Span(4.0, 8.0), voices=(Voice.LEAD, Voice.BASS))
LEAD = Voice.LEAD


def note(beat: float, voice: Voice = LEAD, **fields: object) -> Note:
    values = {"duration": 0.5, "pitch": 60, "velocity": 80} | fields
    return Note(voice, beat, **values)  # type: ignore[arg-type]


def taken(notes: Iterator[Note | None], ask: Ask = ASK, most: int = 100_000) -> tuple[list[Note], Answer]:
    """All that an answer gives, and the answer when it is over."""
    answer = Answer(ask, notes, lambda: 0.0, lambda: 0.0)
    found = []
    for _ in range(most):
        got = answer.take()
        if got is not None:
            found.append(got)
        if answer.over:
            return found, answer
    raise AssertionError("it does not end")


def test_notes_come_as_they_are_made() -> None:
    notes = [note(4.0), note(4.0, Voice.BASS), note(5.5), note(7.99)]
    found, answer = taken(iter(notes))
    assert found == notes
    assert (answer.made, answer.troubles) == (4, [])


def test_only_what_is_made_anew_counts_for_the_time_that_a_note_takes() -> None:
    notes = [note(4.0), note(5.0), note(6.0)]
    found, answer = taken(iter(notes), msgspec.structs.replace(ASK, draft=(notes[0], notes[2])))
    assert found == notes
    assert (answer.made, len(answer.note_ms)) == (3, 1)


@pytest.mark.parametrize(
    "stray",
    [
        note(3.9),
        note(8.0),
        note(math.nan),
        note(math.inf),
        note(5.0, Voice.DRUMS),
        note(5.0, pitch=128),
        note(5.0, pitch=-1),
        note(5.0, pitch=60.5),
        note(5.0, velocity=0),
        note(5.0, velocity=128),
        note(5.0, duration=0.0),
        note(5.0, duration=math.nan),
        note(5.0, duration=math.inf),
        note(4.5),
    ],
    ids=repr,
)
def test_a_note_that_was_not_asked_for_or_cannot_be_played_is_left_out(stray: Note) -> None:
    notes = [note(5.0), stray, note(6.0)]
    found, answer = taken(iter(notes))
    assert found == [notes[0], notes[2]]
    assert answer.troubles == [Trouble.ASTRAY]


def test_an_answer_that_never_gets_on_is_cut_short() -> None:
    found, answer = taken(note(5.0) for _ in count())
    assert len(found) == PER_BEAT
    assert answer.troubles == [Trouble.ENDLESS]


def test_an_answer_that_runs_away_is_cut_short() -> None:
    found, answer = taken(note(float(beat)) for beat in count(4))
    assert [n.beat for n in found] == [4.0, 5.0, 6.0, 7.0]
    assert answer.troubles == [Trouble.ASTRAY, Trouble.ENDLESS]
    assert len(answer.note_ms) == 4 + ASTRAY


def test_an_answer_that_is_for_ever_at_work_is_cut_short() -> None:
    found, answer = taken(iter(repeat(None)))
    assert not found
    assert answer.troubles == [Trouble.ENDLESS]


def test_a_family_at_work_gives_others_a_chance_and_its_time_counts_for_the_note() -> None:
    times = iter(number / 1000 for number in count())
    answer = Answer(ASK, iter([None, None, note(4.0)]), lambda: next(times), lambda: 0.0)
    assert [answer.take() for _ in range(3)] == [None, None, note(4.0)]
    assert not answer.over
    assert answer.note_ms == [pytest.approx(3.0)]


def test_time_between_two_takes_is_not_the_familys() -> None:
    now = [0.0]

    def slow() -> Iterator[Note]:
        for beat in (4.0, 5.0):
            now[0] += 0.002
            yield note(beat)

    answer = Answer(ASK, slow(), lambda: now[0], lambda: now[0] / 2)
    answer.take()
    now[0] += 1.0
    answer.take()
    assert answer.note_ms == [pytest.approx(2.0)] * 2
    assert answer.cpu_ms == pytest.approx(2.0)
    assert answer.first_ms == pytest.approx(2.0)


def test_past_its_deadline_an_answer_is_over() -> None:
    now, closed = [0.0], []

    def notes() -> Iterator[Note]:
        try:
            for beat in (4.0, 5.0):
                yield note(beat)
        finally:
            closed.append(True)

    ask = Ask(id=1, span=Span(4.0, 8.0), voices=(LEAD,), deadline=5.0)
    answer = Answer(ask, notes(), lambda: now[0], lambda: 0.0)
    assert answer.take() == note(4.0)
    now[0] = 5.1
    assert answer.take() is None
    assert answer.over
    assert closed


def test_a_family_that_fails_while_it_is_closed_harms_nobody() -> None:
    def notes() -> Iterator[Note]:
        try:
            yield note(4.0)
        finally:
            raise RuntimeError("not so fast")

    answer = Answer(ASK, notes(), lambda: 0.0, lambda: 0.0)
    answer.take()
    answer.close()
    assert answer.over
