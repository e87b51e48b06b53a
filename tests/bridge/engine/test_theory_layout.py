import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.theory_layout import BAR, CHORDS, HOLD, LEAD, ONSET, REST, Shape, chord_of, read, symbol_of, write
from bridge.engine.window import Window
from bridge.music.chord import Chord
from bridge.music.note import Note, Voice

SHAPES = [Shape(Window(8.0, steps, bar)) for steps, bar in ((32, 16), (24, 12), (18, 18), (20, 20), (28, 14))]

lines = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8), st.integers(48, 90)), max_size=20)


@given(lines, st.sampled_from(SHAPES), st.integers(-5, 6))
def test_a_tune_on_the_grid_is_read_and_written_without_a_change_of_onset_or_pitch(
    line: list[tuple[int, int, int]], shape: Shape, shift: int
) -> None:
    steps = {step: (length, pitch) for step, length, pitch in line if step < 2 * shape.first.steps}
    notes = [Note(Voice.LEAD, 8.0 + step / 4, length / 4, pitch, 80) for step, (length, pitch) in steps.items()]
    page = read({Voice.LEAD: notes}, shape, shift)
    again = [note for half in range(2) for note in write(page, shape, half, shift)]
    assert {(note.beat, note.pitch) for note in again} == {(note.beat, note.pitch) for note in notes}
    assert all(note.voice is Voice.LEAD and note.duration > 0 for note in again)


def test_a_chord_keeps_its_notes_and_its_length() -> None:
    shape = SHAPES[0]
    notes = [Note(Voice.CHORDS, 9.0, 1.5, pitch, 70) for pitch in (48, 55, 64)]
    page = read({Voice.CHORDS: notes}, shape)
    assert [(note.pitch, note.duration) for note in write(page, shape, 0)] == [(48, 1.5), (55, 1.5), (64, 1.5)]


def test_a_bar_of_three_quarters_uses_twelve_places() -> None:
    page = read({Voice.LEAD: [Note(Voice.LEAD, 11.0, 1.0, 60, 80)]}, SHAPES[1])
    assert page.bar == 12
    assert page.states[LEAD, BAR] == ONSET
    assert (page.states[LEAD, 12:BAR] == REST).all()
    assert (page.states[LEAD, BAR + 1 : BAR + 4] == HOLD).all()


def test_the_highest_of_two_notes_struck_together_is_the_tune() -> None:
    notes = [Note(Voice.LEAD, 8.0, 1.0, pitch, 80) for pitch in (60, 67)]
    assert [note.pitch for note in write(read({Voice.LEAD: notes}, SHAPES[0]), SHAPES[0], 0)] == [67]


def test_chords_are_told_apart_by_root_and_seven_kinds() -> None:
    assert chord_of(symbol_of(Chord(7, "7"))) == Chord(7, "7")
    assert chord_of(symbol_of(Chord(7, "m6"), 2)) == Chord(9, "m")
    assert symbol_of(None) == 0
    assert chord_of(0) is None


def test_a_chord_that_is_told_stands_in_its_half_bar() -> None:
    page = read({}, SHAPES[0], chord_at=lambda beat: Chord(0) if beat < 10 else None)
    assert np.flatnonzero(page.symbols).tolist() == [0]
    assert not page.known[CHORDS]
