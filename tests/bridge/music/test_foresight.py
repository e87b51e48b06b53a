import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.chord import Chord
from bridge.music.foresight import MODES, PACES, STATES, STRENGTHS, Foresight, chord, tables

WEAK, BAR = 0, 2


def beat(*classes: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    notes = np.zeros(12)
    notes[list(classes)] = 1.0
    return notes


def heard(*beats: tuple[int, ...], minor: bool = False) -> Foresight:
    foresight = Foresight()
    foresight.settle(0, minor)
    for number, classes in enumerate(beats):
        foresight.fold(foresight.melody(beat(*classes)), BAR if (number + 1) % 4 == 0 else WEAK)
    return foresight


def test_the_tables_are_probabilities() -> None:
    found = tables()
    assert found.notes.shape == (len(MODES), STATES, 12)
    assert found.moves.sum(2) == pytest.approx(np.ones((len(MODES), STATES)), abs=0.01)
    assert found.chords.sum(1) == pytest.approx(np.ones(len(MODES)), abs=0.01)
    assert found.paces.sum() == pytest.approx(1.0, abs=0.01)
    assert found.changes.shape == (PACES, STRENGTHS)


def test_harmony_changes_on_bar_lines_rather_than_on_weak_beats() -> None:
    changes = tables().changes
    assert (changes[:, 0] < changes[:, 1]).all()
    assert (changes[:, 1] < changes[:, 2]).all()


def test_before_anything_is_heard_the_tonic_is_the_best_guess() -> None:
    assert not Foresight().knows
    assert chord(Foresight().look(np.zeros(STATES), [], [None])[0], 0) == Chord(0)


@pytest.mark.parametrize(("notes", "root"), [((5, 9, 0), 5), ((7, 11, 2), 7), ((9, 0, 4), 9), ((0, 4, 7), 0)])
def test_a_chord_that_is_broken_for_two_beats_is_told(notes: tuple[int, ...], root: int) -> None:
    foresight = heard((0, 4))
    assert chord(foresight.look(2 * foresight.melody(beat(*notes)), [], [None])[0], 0).root == root


def test_what_is_told_of_the_next_weak_beat_is_the_chord_that_sounds() -> None:
    foresight = heard((0, 4, 7), (0, 4), (0, 7))
    now, then = foresight.look(foresight.melody(beat(0, 4, 7)), [WEAK], [None, None])
    assert now == then


def test_the_leading_tone_over_the_dominant_is_heard_in_minor_too() -> None:
    foresight = heard((0, 3, 7), (0, 3), minor=True)
    assert chord(foresight.look(foresight.melody(beat(7, 11, 2)), [], [None])[0], 0).root == 7


@given(st.integers(0, 11), st.booleans())
def test_in_another_key_all_is_the_same_as_far_up(up: int, minor: bool) -> None:
    foresight = heard((0, 4, 7), (5, 9), minor=minor)
    before = foresight.look(np.zeros(STATES), [], [None])[0]
    foresight.settle(up, minor)
    foresight.settle(-up, minor)
    assert foresight.look(np.zeros(STATES), [], [None])[0] == before
    assert chord(before, up).root == (chord(before, 0).root + up) % 12


def test_what_was_told_stays_while_nothing_fits_clearly_better() -> None:
    foresight = heard((0, 4, 7), (0, 4))
    best = foresight.look(np.zeros(STATES), [], [None])[0]
    close = 4 * 9 + 1
    assert foresight.look(foresight.melody(beat(0, 4)), [], [close])[0] in (best, close)
    far = 4 * 1
    assert foresight.look(foresight.melody(beat(0, 4, 7)), [], [far])[0] == best


@given(st.lists(st.lists(st.integers(0, 11), max_size=5), max_size=40), st.booleans())
def test_whatever_is_played_something_is_told(beats: list[list[int]], minor: bool) -> None:
    foresight = heard(*(tuple(each) for each in beats), minor=minor)
    told = foresight.look(np.zeros(STATES), [BAR, WEAK, BAR], [None] * 4)
    assert all(0 <= state < STATES for state in told)
    foresight.forget()
    assert not foresight.knows
