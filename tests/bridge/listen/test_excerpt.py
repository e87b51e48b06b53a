from pathlib import Path

import pytest

from bridge.listen.excerpt import CONTENDERS, LOUDNESS, Kind, Who, choices, levelled, perform
from bridge.music.note import Note, Voice
from bridge.music.tunes import TUNES

EXCERPTS = choices(TUNES)
ANSWER = next(each for each in EXCERPTS if each.kind is Kind.ANSWER)
BAND = next(each for each in EXCERPTS if each.kind is Kind.ACCOMPANIMENT)


def test_every_tune_gives_both_kinds_of_excerpt() -> None:
    assert {(each.tune.name, each.kind) for each in EXCERPTS} == {(t.name, kind) for t in TUNES for kind in Kind}


def test_the_human_answer_is_how_the_tune_itself_goes_on() -> None:
    take = perform(ANSWER, Who.HUMAN, Path(), 1)
    assert [sent.note.pitch for sent in take.band_notes] == [note.pitch for note in ANSWER.answer]
    assert {sent.note.voice for sent in take.band_notes} == {Voice.LEAD}
    assert len(take.player_notes) == len(ANSWER.player)


@pytest.mark.parametrize("excerpt", [ANSWER, BAND], ids=lambda excerpt: excerpt.kind.value)
def test_the_vamp_plays_inside_the_excerpt_and_after_the_call(excerpt: object) -> None:
    own = ANSWER if excerpt is ANSWER else BAND
    notes = [sent.note for sent in perform(own, Who.VAMP, Path(), 1).band_notes]
    assert notes
    first = own.phrase if own.kind is Kind.ANSWER else 0.0
    assert all(first - 0.11 <= note.beat < note.end <= own.beats + 1e-6 for note in notes)


def test_all_contenders_are_as_loud_and_begin_at_the_same_place() -> None:
    takes = [perform(ANSWER, who, Path(), 1) for who in CONTENDERS[Kind.ANSWER] if who is not Who.PACK]
    assert {take.start for take in takes} == {0.0}
    for take in takes:
        loud = [sent.note.velocity for sent in take.band_notes]
        assert abs(sum(loud) / len(loud) - LOUDNESS) < 2


def test_a_voice_is_made_louder_note_by_note() -> None:
    soft = [Note(Voice.LEAD, n, 1.0, 60, 20 + n) for n in range(3)]
    assert [note.velocity for note in levelled(soft)] == [LOUDNESS - 1, LOUDNESS, LOUDNESS + 1]
    assert levelled([]) == []
