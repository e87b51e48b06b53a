import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.chord import Chord
from bridge.music.foresight import (
    AHEAD,
    HEARD,
    KEYS,
    PLACE,
    STATES,
    Foresight,
    best,
    chances,
    chord,
    network,
    odds,
    place,
)
from bridge.music.key import Key
from bridge.music.recurrent import Floats

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


C_MAJOR, C_MINOR = odds({Key(0): 1.0}), odds({Key(0, "minor"): 1.0})


def heard(*beats: Floats, key: Floats = C_MAJOR) -> Foresight:
    foresight = Foresight()
    for number, each in enumerate(beats):
        foresight.fold(each, strength(number), key)
    return foresight


def tune(*chords: tuple[int, ...], bars: int = 1) -> list[Floats]:
    """Each chord broken over a bar, its tones one by one."""
    return [beat(chord[number % len(chord)]) for chord in chords for number in range(4 * bars)]


def test_the_network_says_how_likely_each_chord_is_in_each_beat_to_come() -> None:
    found = network()
    likely = chances(found, found.silence(), place(SILENCE, BAR, 0), 0.0)
    assert likely.shape == (AHEAD, STATES)
    assert likely.sum(1) == pytest.approx(np.ones(AHEAD), abs=1e-5)
    assert (likely >= 0).all()


def test_before_anything_is_heard_the_tonic_is_the_best_guess() -> None:
    foresight = Foresight()
    assert not foresight.knows
    assert chord(foresight.look(SILENCE, BAR, 0.0, [None], C_MAJOR)[0]).root == 0


@pytest.mark.parametrize(("notes", "root"), [((5, 9, 0), 5), ((7, 11, 2), 7), ((9, 0, 4), 9), ((0, 4, 7), 0)])
def test_a_chord_that_is_broken_over_a_bar_is_told(notes: tuple[int, ...], root: int) -> None:
    foresight = heard(*tune((0, 4, 7), notes)[:-1])
    assert chord(foresight.look(beat(notes[0]), WEAK, 1.0, [None], C_MAJOR)[0]).root == root


@pytest.mark.parametrize(("notes", "root"), [((5, 9, 0), 5), ((7, 11, 2), 7), ((9, 0, 4), 9)])
def test_a_chord_that_is_struck_is_told_at_once(notes: tuple[int, ...], root: int) -> None:
    foresight = heard(*[beat(0, 4, 7, low=(0,))] * 4)
    struck = np.zeros(HEARD, np.float32)
    struck[list(notes)] = struck[12 + notes[0]] = 0.25
    assert chord(foresight.look(struck, BAR, 0.05, [None], C_MAJOR)[0]).root == root


def test_what_is_told_of_the_next_weak_beat_is_the_chord_that_sounds() -> None:
    foresight = heard(*tune((0, 4, 7))[:2])
    now, then = foresight.look(beat(0, 4, 7), MIDDLE, 0.5, [None, None], C_MAJOR)
    assert now == then


def test_the_leading_tone_over_the_dominant_is_heard_in_minor_too() -> None:
    foresight = heard(*tune((0, 3, 7)), key=C_MINOR)
    assert chord(foresight.look(beat(7, 11, 2), BAR, 1.0, [None], C_MINOR)[0]).root == 7


@given(st.integers(0, 11), st.booleans())
def test_in_another_key_everything_is_told_as_far_up(up: int, minor: bool) -> None:
    music = tune((0, 4, 7), (5, 9, 0), (7, 11, 2))
    mode = "minor" if minor else "major"
    moved = [np.roll(each.reshape(2, 12), up, 1).reshape(-1) for each in music]
    told = heard(*music, key=odds({Key(0, mode): 1.0})).look(
        SILENCE, BAR, 0.0, [None] * AHEAD, odds({Key(0, mode): 1.0})
    )
    key = odds({Key(up, mode): 1.0})
    there = heard(*moved, key=key).look(SILENCE, BAR, 0.0, [None] * AHEAD, key)
    assert [chord(state) for state in there] == [
        Chord((chord(state).root + up) % 12, chord(state).kind) for state in told
    ]


def test_what_was_heard_is_minded_in_whatever_key_it_turns_out_to_be() -> None:
    """A key of which nobody thought while the music was heard knows as much of it as if it had been the only one."""
    music, f_major = tune((0, 4, 7), (5, 9, 0)), odds({Key(5): 1.0})
    first, later = heard(*music[:4], key=f_major), heard(*music[:4], key=C_MAJOR)
    assert later.look(music[4], WEAK, 1.0, [None], f_major) == first.look(music[4], WEAK, 1.0, [None], f_major)


def test_where_the_key_is_in_doubt_each_counts_as_likely_as_it_is() -> None:
    music = tune((0, 4, 7), (5, 9, 0))
    between = odds({Key(0): 0.6, Key(5): 0.4})
    told = heard(*music, key=between).look(SILENCE, BAR, 0.0, [None], between)[0]
    assert chord(told).root in (0, 5, 7)
    assert odds({}) == pytest.approx(np.full(KEYS, 1 / KEYS))
    assert odds({Key(2, "dorian"): 1.0})[12 + 2] == 1.0


LOOPS = ((0, 3, 5, 8), (9, 5, 0, 4), (4, 9, 11, 9))


@pytest.mark.parametrize("roots", LOOPS)
def test_a_loop_is_known_when_it_comes_round_for_the_third_time(roots: tuple[int, ...]) -> None:
    """Chords that no rule foretells are told before they are heard: a bandmate knows them by then."""
    foresight, right = Foresight(), 0
    for bar in range(16):
        root = roots[bar % 4]
        chordal = beat(root, (root + 4) % 12, (root + 7) % 12, low=(root,))
        told = foresight.look(SILENCE, BAR, 0.0, [None], C_MAJOR)[0]
        right += bar >= 8 and chord(told).root == root
        for number in range(4):
            foresight.fold(chordal, strength(number), C_MAJOR)
    assert right == 8


def test_while_the_player_rests_the_loop_goes_on() -> None:
    foresight = Foresight()
    for bar in range(16):
        root = LOOPS[0][bar % 4]
        sounds = beat(root, (root + 4) % 12, (root + 7) % 12, low=(root,)) if bar < 12 else SILENCE
        if bar >= 12:
            assert chord(foresight.look(SILENCE, BAR, 0.0, [None], C_MAJOR)[0]).root == root
        for number in range(4):
            foresight.fold(sounds, strength(number), C_MAJOR)


def test_what_was_told_stays_while_nothing_fits_clearly_better() -> None:
    likely = np.zeros(STATES, np.float32)
    likely[[0, 4 * 9 + 1]] = 0.5, 0.48
    assert best(likely) == 0
    assert best(likely, 4 * 9 + 1) == 4 * 9 + 1
    assert best(likely, 4 * 1) == 0


def test_where_it_is_not_sure_the_chord_is_told_that_fits_best_whatever_it_is() -> None:
    likely = np.zeros(STATES, np.float32)
    likely[[4 * 1, 0, 4 * 9 + 1, 4 * 4 + 1]] = 0.31, 0.23, 0.23, 0.23  # three chords that share tones against one
    assert chord(best(likely)) in (Chord(0), Chord(9, "m"), Chord(4, "m"))


@given(st.lists(st.lists(st.integers(0, 11), max_size=5), max_size=40), st.booleans(), st.integers(0, 12))
def test_whatever_is_played_something_is_told(beats: list[list[int]], minor: bool, ahead: int) -> None:
    key = C_MINOR if minor else C_MAJOR
    foresight = heard(*(beat(*each) for each in beats), key=key)
    told = foresight.look(SILENCE, WEAK, 0.0, [None] * ahead, key)
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
