import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.recurrent import Floats
from bridge.music.refrain import LONGEST, Refrain, temper

CHORDS, AHEAD = 5, 8
NO_IDEA = np.full((AHEAD, CHORDS), 1 / CHORDS, np.float32)


def strength(beat: int) -> int:
    return (2, 0, 1, 0)[beat % 4]


def sure(chord: int) -> Floats:
    found = np.full(CHORDS, 0.02, np.float32)
    found[chord] = 0.92
    return found


def foretold(refrain: Refrain, strength: int, network: Floats = NO_IDEA) -> Floats:
    return temper(network, refrain.word(network, strength))


def fold(refrain: Refrain, likely: Floats, strength: int, network: Floats = NO_IDEA) -> None:
    refrain.fold(network, refrain.word(network, strength), likely, strength)


def rest(refrain: Refrain, strength: int) -> None:
    refrain.rest(NO_IDEA, refrain.word(NO_IDEA, strength), strength)


def play(refrain: Refrain, chords: list[int], start: int = 0) -> list[Floats]:
    """What is foretold of each beat before it is heard, by a network that never knows and an ear that always does."""
    told = []
    for beat, chord in enumerate(chords, start):
        told.append(foretold(refrain, strength(beat))[0])
        fold(refrain, sure(chord), strength(beat))
    return told


def loop(*chords: int, times: int) -> list[int]:
    return [chord for _ in range(times) for chord in chords for _ in range(4)]


@given(st.lists(st.integers(0, CHORDS - 1), min_size=2, max_size=8, unique=False))
def test_what_came_round_twice_is_foretold(chords: list[int]) -> None:
    told = play(Refrain(), loop(*chords, times=4))
    for beat in range(3 * 4 * len(chords), 4 * 4 * len(chords)):
        assert told[beat].argmax() == chords[beat // 4 % len(chords)]


def test_a_jig_comes_round_in_its_own_bars() -> None:
    refrain, told = Refrain(), []
    chords = [0, 0, 0, 3, 3, 3, 1, 1, 1, 4, 4, 4] * 4
    for beat, chord in enumerate(chords):
        told.append(foretold(refrain, 2 if beat % 3 == 0 else 0)[0])
        fold(refrain, sure(chord), 2 if beat % 3 == 0 else 0)
    assert [int(each.argmax()) for each in told[-12:]] == chords[-12:]


def test_the_beats_to_come_are_foretold_round_the_corner() -> None:
    refrain = Refrain()
    play(refrain, loop(0, 3, times=4))
    told = foretold(refrain, strength(32))
    assert told.argmax(1).tolist() == [0, 0, 0, 0, 3, 3, 3, 3]


def test_before_anything_came_round_the_network_has_its_way() -> None:
    likely = np.random.default_rng(1).dirichlet(np.ones(CHORDS), AHEAD).astype(np.float32)
    assert foretold(Refrain(), 2, likely) == pytest.approx(likely, abs=1e-6)


def test_a_network_that_knows_is_not_talked_out_of_it_by_music_that_does_not_come_round() -> None:
    refrain, chance = Refrain(), np.random.default_rng(2)
    right = 0
    for beat in range(160):
        if beat % 4 == 0:
            chord = int(chance.integers(CHORDS))
        knows = np.tile(sure(chord), (AHEAD, 1))
        right += int(foretold(refrain, strength(beat), knows)[0].argmax() == chord)
        fold(refrain, sure(chord), strength(beat), knows)
    assert right == 160


def test_a_new_loop_takes_the_place_of_an_old_one() -> None:
    refrain = Refrain()
    play(refrain, loop(0, 1, 2, 3, times=4))
    told = play(refrain, loop(4, 2, 0, 1, times=4), start=64)
    assert [int(each.argmax()) for each in told[-16::4]] == [4, 2, 0, 1]


def test_while_nothing_is_heard_the_loop_goes_on() -> None:
    refrain = Refrain()
    play(refrain, loop(0, 3, 1, 4, times=3))
    for beat in range(48, 48 + 32):
        assert foretold(refrain, strength(beat))[0].argmax() == (0, 3, 1, 4)[beat // 4 % 4]
        rest(refrain, strength(beat))


def test_a_chord_that_is_only_known_later_in_its_bar_is_known_from_its_beginning_the_next_time() -> None:
    refrain, told = Refrain(), []
    for beat in range(48):
        chord = (0, 3)[beat // 4 % 2]
        told.append(foretold(refrain, strength(beat))[0])
        fold(refrain, sure(chord) if beat % 2 else NO_IDEA[0], strength(beat))
    assert [int(each.argmax()) for each in told[-8:]] == [0] * 4 + [3] * 4


@given(st.lists(st.tuples(st.integers(0, CHORDS - 1), st.booleans()), max_size=LONGEST * 3))
def test_whatever_comes_chances_are_chances(beats: list[tuple[int, bool]]) -> None:
    refrain = Refrain()
    for beat, (chord, heard) in enumerate(beats):
        told = foretold(refrain, strength(beat))
        assert told.sum(1) == pytest.approx(np.ones(AHEAD), abs=1e-4)
        if heard:
            fold(refrain, sure(chord), strength(beat))
        else:
            rest(refrain, strength(beat))
    refrain.forget()
    assert foretold(refrain, 2) == pytest.approx(NO_IDEA)
