import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.legato import TOGETHER, held
from bridge.music.chord import Chord, ChordAt
from bridge.music.note import Note, Voice


def note(beat: float, duration: float, pitch: int = 60, voice: Voice = Voice.CHORDS) -> Note:
    return Note(voice, beat, duration, pitch, 80)


def lengths(notes: list[Note]) -> list[float]:
    return [round(each.duration, 6) for each in notes]


def test_a_short_rest_is_filled_and_a_long_one_stays() -> None:
    notes = [note(0.0, 0.5), note(1.0, 0.5), note(4.0, 1.0)]
    assert lengths(held(notes, 1.0)) == [1.0, 0.5, 1.0]
    assert lengths(held(notes, 3.0)) == [1.0, 3.0, 1.0]
    assert held(notes, 0.0) == notes


def test_a_chord_that_is_rolled_is_one_onset() -> None:
    notes = [note(0.0, 0.5), note(0.04, 0.5, 64), note(1.0, 0.5)]
    assert lengths(held(notes, 1.0)) == [1.0, 0.96, 0.5]


def test_no_note_is_held_into_a_chord_that_it_is_foreign_to() -> None:
    notes = [note(0.0, 0.5, 60), note(0.0, 0.5, 64), note(0.0, 1.5, 67), note(2.0, 0.5)]
    chords = [ChordAt(0.0, Chord(0)), ChordAt(1.0, Chord(5)), ChordAt(3.0, Chord(7))]
    assert lengths(held(notes, 2.0, chords)) == [2.0, 1.0, 1.5, 0.5]


@pytest.mark.parametrize("voice", [Voice.LEAD, Voice.DRUMS])
def test_tunes_and_drums_are_played_as_they_are(voice: Voice) -> None:
    notes = [note(0.0, 0.5, voice=voice), note(1.0, 0.5, voice=voice)]
    assert held(notes, 2.0) == notes


@given(st.lists(st.tuples(st.floats(0, 16), st.floats(0.05, 3)), max_size=12), st.floats(0.01, 4))
def test_no_note_is_shortened_or_begins_elsewhere_or_runs_into_the_next(
    where: list[tuple[float, float]], longest: float
) -> None:
    notes = [note(beat, duration) for beat, duration in sorted(where)]
    for before, after in zip(notes, held(notes, longest), strict=True):
        assert (after.beat, after.pitch) == (before.beat, before.pitch)
        assert after.duration >= before.duration
        if after.duration > before.duration:
            following = min(each.beat for each in notes if each.beat > before.beat + TOGETHER)
            assert after.beat + after.duration <= following + 1e-9
