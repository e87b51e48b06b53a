import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.chord import Chord
from bridge.music.foresight import AHEAD, HEARD, PLACE, STATES, Floats, Foresight, best, chord, network, place

WEAK, MIDDLE, BAR = 0, 1, 2
SILENCE = np.zeros(HEARD, np.float32)


def beat(*classes: int, low: tuple[int, ...] = ()) -> Floats:
    """A beat in which pitch classes sound from its beginning to its end."""
    found = np.zeros(HEARD, np.float32)
    found[list(classes)] = 1.25
    found[[12 + each for each in low]] = 1.25
    return found


def strength(number: int) -> int:
    return (BAR, WEAK, MIDDLE, WEAK)[number % 4]


def heard(*beats: Floats, minor: bool = False) -> Foresight:
    foresight = Foresight()
    foresight.settle(0, minor)
    for number, each in enumerate(beats):
        foresight.fold(each, strength(number))
    return foresight


def tune(*chords: tuple[int, ...], bars: int = 1) -> list[Floats]:
    """Each chord broken over a bar, its tones one by one."""
    return [beat(chord[number % len(chord)]) for chord in chords for number in range(4 * bars)]


def test_the_network_says_how_likely_each_chord_is_in_each_beat_to_come() -> None:
    found = network()
    chances = found.chances(found.silence, place(SILENCE, BAR, 0), 0.0)
    assert chances.shape == (AHEAD, STATES)
    assert chances.sum(1) == pytest.approx(np.ones(AHEAD), abs=1e-5)
    assert (chances >= 0).all()


def test_before_anything_is_heard_the_tonic_is_the_best_guess() -> None:
    foresight = Foresight()
    assert not foresight.knows
    assert chord(foresight.look(SILENCE, BAR, 0.0, [None])[0], 0).root == 0


@pytest.mark.parametrize(("notes", "root"), [((5, 9, 0), 5), ((7, 11, 2), 7), ((9, 0, 4), 9), ((0, 4, 7), 0)])
def test_a_chord_that_is_broken_over_a_bar_is_told(notes: tuple[int, ...], root: int) -> None:
    foresight = heard(*tune((0, 4, 7), notes)[:-1])
    assert chord(foresight.look(beat(notes[0]), WEAK, 1.0, [None])[0], 0).root == root


@pytest.mark.parametrize(("notes", "root"), [((5, 9, 0), 5), ((7, 11, 2), 7), ((9, 0, 4), 9)])
def test_a_chord_that_is_struck_is_told_at_once(notes: tuple[int, ...], root: int) -> None:
    foresight = heard(*[beat(0, 4, 7, low=(0,))] * 4)
    struck = np.zeros(HEARD, np.float32)
    struck[list(notes)] = struck[12 + notes[0]] = 0.25
    assert chord(foresight.look(struck, BAR, 0.05, [None])[0], 0).root == root


def test_what_is_told_of_the_next_weak_beat_is_the_chord_that_sounds() -> None:
    foresight = heard(*tune((0, 4, 7))[:2])
    now, then = foresight.look(beat(0, 4, 7), MIDDLE, 0.5, [None, None])
    assert now == then


def test_the_leading_tone_over_the_dominant_is_heard_in_minor_too() -> None:
    foresight = heard(*tune((0, 3, 7)), minor=True)
    assert chord(foresight.look(beat(7, 11, 2), BAR, 1.0, [None])[0], 0).root == 7


@given(st.integers(0, 11), st.booleans())
def test_in_another_key_what_was_heard_is_read_anew(up: int, minor: bool) -> None:
    foresight = heard(*tune((0, 4, 7), (5, 9, 0)), minor=minor)
    before = foresight.look(SILENCE, BAR, 0.0, [None] * AHEAD)
    foresight.settle(up, minor)
    moved = heard(*(np.concatenate([np.roll(half, -up) for half in np.split(each, 2)])
                    for each in tune((0, 4, 7), (5, 9, 0))), minor=minor)  # fmt: skip
    assert foresight.look(SILENCE, BAR, 0.0, [None] * AHEAD) == moved.look(SILENCE, BAR, 0.0, [None] * AHEAD)
    foresight.settle(-up, minor)
    assert foresight.look(SILENCE, BAR, 0.0, [None] * AHEAD) == before


def test_what_was_told_stays_while_nothing_fits_clearly_better() -> None:
    chances = np.zeros(STATES, np.float32)
    chances[[0, 4 * 9 + 1]] = 0.5, 0.48
    assert best(chances) == 0
    assert best(chances, 4 * 9 + 1) == 4 * 9 + 1
    assert best(chances, 4 * 1) == 0


def test_where_it_is_not_sure_the_chord_is_told_that_fits_best_whatever_it_is() -> None:
    chances = np.zeros(STATES, np.float32)
    chances[[4 * 1, 0, 4 * 9 + 1, 4 * 4 + 1]] = 0.31, 0.23, 0.23, 0.23  # three chords that share tones against one
    assert chord(best(chances), 0) in (Chord(0), Chord(9, "m"), Chord(4, "m"))


@given(st.lists(st.lists(st.integers(0, 11), max_size=5), max_size=40), st.booleans(), st.integers(0, 12))
def test_whatever_is_played_something_is_told(beats: list[list[int]], minor: bool, ahead: int) -> None:
    foresight = heard(*(beat(*each) for each in beats), minor=minor)
    told = foresight.look(SILENCE, WEAK, 0.0, [None] * ahead)
    assert len(told) == ahead
    assert all(0 <= state < STATES for state in told)
    assert foresight.knows == any(beats)
    foresight.forget()
    assert not foresight.knows


def test_what_the_network_reads_of_a_beat_is_what_sounds_how_strong_it_is_and_the_mode() -> None:
    found = place(beat(0, low=(0,)), BAR, 1)
    assert found.shape == (PLACE,)
    assert found[[0, 12]] == pytest.approx(np.log1p([2.5, 2.5]), abs=1e-6)
    assert found[HEARD:].tolist() == [0, 0, 1, 0, 1]
