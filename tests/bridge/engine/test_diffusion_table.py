from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.diffusion_table import BASS, LEAD, encode, fold, notes, voicing
from bridge.engine.kit import KIT
from bridge.engine.window import Window
from bridge.music.note import Note, Voice

WINDOW = Window(8.0)
STEP = 0.25


@st.composite
def tunes(draw: st.DrawFn, voice: Voice = Voice.LEAD, lowest: int = 48, highest: int = 107) -> list[Note]:
    """A line of one voice on the grid of the window."""
    starts = sorted(draw(st.sets(st.integers(0, 31), min_size=1, max_size=12)))
    line = []
    for first, following in pairwise([*starts, 32]):
        length = draw(st.integers(1, following - first))
        pitch, velocity = draw(st.integers(lowest, highest)), draw(st.integers(1, 127))
        line.append(Note(voice, 8.0 + first * STEP, length * STEP, pitch, velocity))
    return line


@given(tunes())
def test_a_tune_on_the_grid_comes_back_as_it_was(tune: list[Note]) -> None:
    assert notes(encode(tune, WINDOW), WINDOW, (Voice.LEAD,)) == tune


@given(tunes(Voice.BASS, 24, 59))
def test_so_does_a_bass_line(tune: list[Note]) -> None:
    assert notes(encode(tune, WINDOW), WINDOW, (Voice.BASS,)) == tune


@given(tunes(lowest=60, highest=95), st.integers(-6, 5))
def test_a_tune_is_taken_to_c_and_back(tune: list[Note], up: int) -> None:
    assert notes(encode(tune, WINDOW, up), WINDOW, (Voice.LEAD,), -up) == tune


@given(st.integers(0, 127))
def test_a_pitch_out_of_a_voices_range_moves_by_octaves(pitch: int) -> None:
    for part in (LEAD, BASS):
        folded = fold(pitch, part)
        assert part.lowest <= folded < part.lowest + 12 * part.octaves
        assert (folded - pitch) % 12 == 0


def test_a_chord_in_close_position_comes_back_and_ends_note_by_note() -> None:
    chord = [Note(Voice.CHORDS, 8.0, length, pitch, 70) for pitch, length in ((60, 2.0), (64, 1.0), (67, 2.0))]
    found = notes(encode(chord, WINDOW), WINDOW, (Voice.CHORDS,))
    assert {(n.beat, n.pitch, n.duration) for n in found} == {(n.beat, n.pitch, n.duration) for n in chord}


def test_a_note_that_began_before_the_window_is_held_into_it_and_not_struck_again() -> None:
    table = encode([Note(Voice.BASS, 7.0, 2.0, 40, 80)], WINDOW)
    assert table[:5, BASS.column].tolist() == [2, 2, 2, 2, 0]
    assert notes(table, WINDOW, (Voice.BASS,)) == []


def test_every_drum_of_the_kit_comes_back_with_its_loudness() -> None:
    strokes = [Note(Voice.DRUMS, 8.0 + n * STEP, 0.25, pitch, 20 + 10 * n) for n, pitch in enumerate(KIT)]
    assert notes(encode(strokes, WINDOW), WINDOW, (Voice.DRUMS,)) == strokes


def test_a_voicing_keeps_near_its_lowest_and_highest_note() -> None:
    major = 1 << 0 | 1 << 4 | 1 << 7
    assert voicing(major, 60, 67) == [60, 64, 67]
    assert voicing(major, 64, 72) == [64, 67, 72]
    assert voicing(major, 48, 76) == [48, 55, 76]
    assert voicing(1, 48, 60) == [48, 60]
    assert voicing(0, 48, 60) == []
