import numpy as np

from bridge.engine.theory_edit import edited, spliced
from bridge.engine.theory_layout import CHORDS, HOLD, LEAD, ONSET, REST, Page, Shape, read
from bridge.engine.window import Window
from bridge.music.note import Note, Voice

SHAPE = Shape(Window(0.0))


def page(*pitches: int, voice: Voice = Voice.LEAD) -> Page:
    return read({voice: [Note(voice, float(n), 1.0, pitch, 80) for n, pitch in enumerate(pitches)]}, SHAPE)


def pitches(found: Page) -> list[int]:
    return [int(found.lead[place]) + 42 for place in np.flatnonzero(found.states[LEAD] == ONSET)]


def test_where_the_model_changes_nothing_the_phrase_is_as_it_was_played() -> None:
    again = page(60, 61, 62, 63)
    assert pitches(edited(page(60, 64, 67, 72), again, again)) == [60, 64, 67, 72]


def test_only_what_the_model_changes_is_changed() -> None:
    assert pitches(edited(page(60, 64, 67, 72), page(60, 61, 62, 63), page(60, 61, 50, 63))) == [60, 64, 50, 72]


def test_a_note_that_the_model_leaves_out_is_left_out() -> None:
    assert pitches(edited(page(60, 64, 67), page(60, 61, 62), page(60, 61))) == [60, 64]


def test_the_time_of_a_note_that_falls_away_is_the_note_befores() -> None:
    found = edited(page(60, 64, 67), page(60, 61, 62), page(60))
    assert pitches(found) == [60]
    assert (found.states[LEAD, 1:12] == HOLD).all()
    assert (found.states[LEAD, 12:] == REST).all()


def test_a_chord_loses_and_gains_what_the_model_takes_and_adds() -> None:
    def chord(*notes: int) -> Page:
        return read({Voice.CHORDS: [Note(Voice.CHORDS, 0.0, 1.0, pitch, 70) for pitch in notes]}, SHAPE)

    found = edited(chord(48, 52, 55), chord(48, 50, 55), chord(48, 50, 58))
    assert (np.flatnonzero(found.chords[0]) + 36).tolist() == [48, 52, 58]
    assert found.known[CHORDS]


def test_a_voice_that_the_phrase_has_not_got_is_the_models() -> None:
    made = page(36, 36, voice=Voice.BASS)
    assert (edited(page(60), made, made).bass == made.bass).all()


def test_two_phrases_are_spliced_place_by_place() -> None:
    over = np.arange(64) >= 8
    assert pitches(spliced(page(60, 60, 60, 60), page(72, 72, 72, 72), over)) == [60, 60, 72, 72]
