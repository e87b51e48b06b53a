import pytest

from bridge.engine.theory_key import MOST_STEPS, WHITE, mode_of, rotations, scale_of, shift_to_white
from bridge.music.key import SCALES
from bridge.music.note import Note, Voice


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("scale", ["major", "minor", "dorian", "mixolydian"])
def test_every_scale_of_the_white_keys_comes_onto_them(tonic: int, scale: str) -> None:
    pitches = [(tonic + step) % 12 for step in SCALES[scale]]
    shift = shift_to_white(pitches)
    assert -5 <= shift <= 6
    assert {(pitch + shift) % 12 for pitch in pitches} == set(WHITE)


def test_major_becomes_c_and_minor_a() -> None:
    assert (2 + shift_to_white([2, 4, 6, 7, 9, 11, 1])) % 12 == 0
    assert (0 + shift_to_white([0, 2, 3, 5, 7, 8, 10])) % 12 == 9
    assert (0 + shift_to_white([0, 2, 3, 5, 7, 8, 11])) % 12 == 9


def test_nothing_known_stays_where_it_is() -> None:
    assert shift_to_white([]) == 0
    assert scale_of([]) == ()
    assert mode_of(()) == 0


def test_a_tune_speaks_for_its_scale() -> None:
    tune = [Note(Voice.LEAD, n, 1.0, pitch, 80) for n, pitch in enumerate((62, 66, 69, 67, 66, 64, 61, 62))]
    assert set(scale_of(tune)) == {2, 4, 6, 7, 9, 11, 1}
    assert mode_of(scale_of(tune)) == 1


def test_seven_steps_of_the_scale_are_an_octave_and_every_step_has_its_way_back() -> None:
    turned = rotations()
    for steps in range(-7, 8):
        there, back = turned[MOST_STEPS + steps], turned[MOST_STEPS - steps]
        assert all((there @ back)[white, white] == 1 for white in WHITE)
    assert all(turned[MOST_STEPS + 7][white, white] == 1 for white in WHITE)
    assert turned.sum(-1).min() == turned.sum(-1).max() == 1
