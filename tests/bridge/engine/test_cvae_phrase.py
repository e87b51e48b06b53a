from bridge.engine.cvae_phrase import LEAN, known_cells, laid, lean, read, rhythm
from bridge.engine.cvae_rolls import FIRST, HOLD, REST
from bridge.engine.family import Material
from bridge.engine.window import Window
from bridge.music.note import Note, Voice


def lead(beat: float, pitch: int = 60, length: float = 1.0) -> Note:
    return Note(Voice.LEAD, beat, length, pitch, 80)


def test_a_phrase_of_one_bar_fills_both_bars_of_a_window() -> None:
    phrase = (lead(0.0), lead(2.0))
    material = Material(phrase=phrase, beats=4.0, origin=0.0)
    assert [note.beat for note in laid(phrase, material, Window(8.0))] == [8, 10, 12, 14]


def test_a_phrase_of_four_bars_goes_on_where_the_window_is() -> None:
    phrase = (lead(0.0), lead(9.0, 64))
    material = Material(phrase=phrase, beats=16.0, origin=4.0)
    assert [(note.beat, note.pitch) for note in laid(phrase, material, Window(12.0))] == [(13, 64)]
    assert [note.beat for note in laid(phrase, material, Window(20.0))] == [20]


def test_a_phrase_reaches_back_before_its_origin() -> None:
    phrase = (lead(1.0),)
    assert [note.beat for note in laid(phrase, Material(phrase=phrase, beats=8.0, origin=16.0), Window(0.0))] == [1]


def test_only_whole_beats_that_are_past_are_known() -> None:
    known = known_cells(Window(8.0), {Voice.LEAD: 10.7, Voice.BASS: 99.0, Voice.DRUMS: 3.0})
    assert known[:, 0].tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
    assert known[:, 1].all()
    assert not known[:, 3].any()


def test_a_rhythm_says_where_notes_begin_and_how_long_they_are_held() -> None:
    found = rhythm(read([lead(0.0, length=0.75), lead(2.0, length=0.25)], Window(0.0), 0))
    assert found[:10].tolist() == [FIRST, HOLD, HOLD, REST, REST, REST, REST, REST, FIRST, REST]


def test_a_phrase_leans_to_what_sounds_longest_and_its_drums_to_nothing() -> None:
    found = lean([lead(0.0, 62, 3.0), lead(3.0, 65, 1.0), Note(Voice.DRUMS, 0.0, 9.0, 36, 80)], -2)
    assert LEAN > found[0] > found[3] > 0
    assert not found[[1, 2, 10]].any()
    assert not lean([], 0).any()
