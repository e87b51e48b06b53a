import math

from bridge.clock.tempo_map import TempoMap
from bridge.music.key import Key
from bridge.music.note import Note, Span, Voice
from bridge.taste.phrase import Phrase, cut, last_bars
from tests.bridge.taste.music import phrase

ROLLING = TempoMap(epoch=1, bpm=100.0, playing=True, song=-2.0)
"""The first bar begins at stage beat 2."""


def lead(*beats: float) -> list[Note]:
    return [Note(Voice.LEAD, beat, 0.5, 60, 80) for beat in beats]


def test_the_same_phrase_in_another_key_or_louder_is_the_same() -> None:
    assert phrase().id == phrase(tonic=5).id
    loud = tuple(Note(n.voice, n.beat, n.duration, n.pitch, 120) for n in phrase().notes)
    assert Phrase(loud, 8.0, key=Key(0)).id == phrase().id
    assert phrase(1.0).id != phrase().id


def test_a_phrase_begins_on_a_bar_line() -> None:
    found = cut(lead(7.0, 8.0, 9.5, 11.0), Span(6.5, 12.0), ROLLING, Key(2, "minor"))
    assert found is not None
    assert [note.beat for note in found.notes] == [1.0, 2.0, 3.5, 5.0]
    assert found.beats == 8.0
    assert found.label == "2 bars of lead in D minor, 100 BPM"


def test_too_few_notes_are_no_phrase() -> None:
    assert cut(lead(7.0, 8.0), Span(0.0, 20.0), ROLLING) is None
    assert cut([Note(Voice.CLICK, beat, 0.1, 60, 80) for beat in (1.0, 2.0, 3.0)], Span(0.0, 9.0), ROLLING) is None


def test_of_a_very_long_phrase_the_end_is_kept() -> None:
    found = cut(lead(*(2.0 + beat for beat in range(100))), Span(0.0, 200.0), ROLLING)
    assert found is not None
    assert found.beats == 64.0
    assert found.sound


def test_the_last_bars_are_those_in_which_the_band_played() -> None:
    span = last_bars(lead(3.0, 9.0), 2, 40.0, ROLLING)
    assert span.start == 2.0
    assert 9.0 in span
    assert 3.0 in span


def test_what_no_instrument_could_play_is_not_sound() -> None:
    good = phrase()
    assert good.sound
    for notes in ((), tuple(Note(n.voice, n.beat, math.nan, n.pitch, 80) for n in good.notes)):
        assert not Phrase(notes, 8.0).sound
    assert not Phrase(good.notes, math.inf).sound
    assert not Phrase(good.notes, 2.0).sound
    assert not Phrase(good.notes, 8.0, key=Key(3, "polka")).sound
    high = tuple(Note(n.voice, n.beat, n.duration, 200, 80) for n in good.notes)
    assert not Phrase(high, 8.0).sound
