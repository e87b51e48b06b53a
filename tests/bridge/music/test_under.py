from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.chord import KINDS, Chord, parse
from bridge.music.key import SCALES, Key
from bridge.music.under import LOWEST, PITCHES, table, under

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(list(SCALES)))
CHORDS = st.none() | st.builds(Chord, st.integers(0, 11), st.sampled_from(list(KINDS)))
C = Key(0)


@given(st.integers(0, 127), KEYS, CHORDS, st.integers(1, 3))
def test_harmony_lies_below_the_tune_apart_and_on_the_keyboard(
    pitch: int, key: Key, chord: Chord | None, count: int
) -> None:
    notes = under(pitch, key, chord, count)
    assert len(notes) <= count
    assert all(LOWEST <= note < pitch for note in notes)
    assert all(above - below >= 3 for above, below in pairwise((pitch, *notes)))


@pytest.mark.parametrize(
    ("pitch", "chord", "expected"),
    [(72, "C", {67, 64}), (76, "C", {72, 67}), (74, "G7", {71, 67}), (77, "F", {72, 69}), (72, "Am", {69, 64})],
)
def test_a_note_of_the_chord_stands_on_the_chord(pitch: int, chord: str, expected: set[int]) -> None:
    assert set(under(pitch, C, parse(chord))) == expected


def test_where_no_chord_is_told_the_key_suggests_one() -> None:
    assert {note % 12 for note in under(72, C)} == {4, 7}
    assert {note % 12 for note in under(74, C)} <= {7, 11, 2}
    assert {note % 12 for note in under(77, C)} <= {9, 0}


@given(st.integers(60, 84), KEYS)
def test_no_semitone_or_tritone_under_the_finger_in_a_key_of_seven(pitch: int, key: Key) -> None:
    for note in under(pitch, key):
        if pitch % 12 in key.pitch_classes and len(key.pitch_classes) == 7:
            assert (pitch - note) % 12 not in (1, 2, 11)


def test_a_table_has_every_pitch() -> None:
    assert len(table(C)) == PITCHES
