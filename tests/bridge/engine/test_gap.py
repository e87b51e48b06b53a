from bridge.engine.codec import Event, Part
from bridge.engine.gap import answer, follow
from bridge.engine.moment import Moment
from bridge.engine.writer import Fixed
from bridge.music.note import Note, Voice


def line(count: int) -> list[Moment]:
    moments = [Moment(None, Event(Part.START, 0, 60, 0, 0), 0, 96)]
    while len(moments) < count:
        moments.append(Moment(moments[-1], Event(Part.BASS, 24, 40, 8, 8), 24 * len(moments), 96))
    return moments


def test_an_answer_is_what_lies_between_two_moments() -> None:
    moments = line(6)
    assert answer(moments[2], moments[5]) == moments[2:6]
    assert answer(moments[3], moments[3]) == [moments[3]]


def test_a_note_behind_the_gap_follows_the_answer_in_time() -> None:
    last = line(4)[-1]
    behind = follow(last, Fixed(96, Note(Voice.BASS, 4.0, 1.0, 43, 80), Part.BASS, False))
    assert behind.event.shift == 24
    assert behind.tick == 96
    assert behind.earlier[Part.BASS] == 40
    assert behind.last[Part.BASS] == 43


def test_an_answer_that_went_too_far_delays_nothing() -> None:
    last = line(6)[-1]
    behind = follow(last, Fixed(96, Note(Voice.BASS, 4.0, 1.0, 43, 80), Part.BASS, False))
    assert behind.event.shift == 0
    assert behind.tick == last.tick
