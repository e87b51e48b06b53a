import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.jam.phrase import Phrase, cut, home_bar, material, placed, sane
from bridge.music.meter import Meter
from bridge.music.note import BAND, Note, Span, Voice

MAP = TempoMap(playing=True)
NOTES = st.lists(
    st.builds(
        Note, st.sampled_from(BAND), st.floats(0, 64), st.floats(0.05, 4), st.integers(0, 127), st.integers(1, 127)
    ),
    min_size=1,
    max_size=24,
).map(lambda notes: sorted(notes, key=lambda note: note.beat))


def tune(*beats: float, voice: Voice = Voice.LEAD) -> list[Note]:
    return [Note(voice, beat, 0.4, 60 + index, 80) for index, beat in enumerate(beats)]


def beats(phrase: Phrase | None) -> list[float]:
    assert phrase is not None
    return [round(note.beat, 6) for note in phrase.notes]


def test_a_phrase_is_whole_bars_from_the_bar_line_it_begins_in() -> None:
    phrase = cut(tune(5.0, 6.0, 9.5), MAP, 8)
    assert beats(phrase) == [1.0, 2.0, 5.5]
    assert phrase is not None
    assert (phrase.beats, phrase.bars, phrase.upbeat) == (8.0, 2, 0.0)


def test_an_upbeat_leads_to_the_repeat() -> None:
    phrase = cut(tune(3.5, 4.0, 5.0), MAP, 8)
    assert beats(phrase) == [0.0, 1.0, 3.5]
    assert phrase is not None
    assert (phrase.beats, phrase.upbeat) == (4.0, 0.5)


def test_an_upbeat_that_would_fall_on_the_end_has_a_bar_to_itself() -> None:
    phrase = cut(tune(3.0, 4.0, 5.0, 6.0, 7.0), MAP, 8)
    assert beats(phrase) == [0.0, 1.0, 2.0, 3.0, 7.0]


def test_a_last_note_that_is_early_belongs_to_the_bar_it_was_meant_for() -> None:
    phrase = cut(tune(0.0, 1.0, 2.0, 3.0, 3.95), MAP, 8)
    assert phrase is not None
    assert phrase.bars == 2


def test_of_a_long_phrase_the_last_bars_count() -> None:
    phrase = cut(tune(*(float(beat) for beat in range(40))), MAP, 4)
    assert phrase is not None
    assert phrase.beats == 16.0
    assert [note.pitch for note in phrase.notes][:2] == [84, 85]


def test_a_repeated_phrase_is_the_same_whichever_way_it_is_cut_up() -> None:
    phrase = placed(tune(0.0, 1.5, 3.9), 0.0, 4.0, 4.0)
    whole = phrase.between(Span(2.0, 30.0), 1.0)
    parts = [note for start in range(2, 30) for note in phrase.between(Span(float(start), start + 1.0), 1.0)]
    assert list(whole) == parts
    assert len(whole) == 21


@given(NOTES, st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8)]), st.floats(-8, 8))
def test_whatever_is_played_a_phrase_of_it_can_be_played_and_saved(
    notes: list[Note], meter: Meter, song: float
) -> None:
    map = TempoMap(playing=True, meter=meter, song=song)
    phrase = cut(notes, map, 8)
    assert phrase is not None
    assert sane(phrase)
    assert phrase.notes
    assert phrase.bars <= 9
    assert list(phrase.notes) == sorted(phrase.notes, key=lambda note: (note.beat, note.voice, note.pitch))
    start = home_bar(notes[0].beat, map)
    assert abs((start + song) / meter.bar - round((start + song) / meter.bar)) < 1e-6


def test_two_phrases_of_different_length_are_material_of_one() -> None:
    short, long = placed(tune(0.0, 2.0), 0.0, 4.0, 4.0), placed(tune(1.0, 9.0), 0.0, 12.0, 4.0)
    made = material(short, 16.0, 4.0, (Voice.LEAD,), long, 0.25)
    assert made.beats == 12.0
    assert [note.beat for note in made.phrase] == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert [note.beat for note in made.other] == [1.0, 9.0]
    assert (made.origin, made.blend) == (16.0, 0.25)


def test_in_another_meter_a_phrase_is_whole_bars_of_that_one() -> None:
    assert material(placed(tune(0.0, 3.0), 0.0, 4.0, 4.0), 0.0, 3.0, (Voice.LEAD,)).beats == 6.0


def test_material_has_the_voice_that_is_asked_and_all_where_it_has_none_of_it() -> None:
    notes = [*tune(0.0, 1.0), *tune(0.0, 2.0, voice=Voice.BASS)]
    phrase = placed(notes, 0.0, 4.0, 4.0)
    assert {note.voice for note in material(phrase, 0.0, 4.0, (Voice.BASS,)).phrase} == {Voice.BASS}
    assert len(material(phrase, 0.0, 4.0, (Voice.DRUMS,)).phrase) == 4


def test_a_first_note_that_was_early_stands_on_the_bar_line_in_material() -> None:
    phrase = cut(tune(3.95, 5.0), MAP, 8)
    assert beats(phrase) == [1.0, 3.95]
    assert phrase is not None
    assert [note.beat for note in material(phrase, 0.0, 4.0, (Voice.LEAD,)).phrase] == [0.0, 1.0]


@pytest.mark.parametrize("beats", [math.nan, math.inf, 0.0, -4.0, 5.0])
def test_a_phrase_of_no_whole_bars_is_none(beats: float) -> None:
    assert not sane(Phrase((), beats))
