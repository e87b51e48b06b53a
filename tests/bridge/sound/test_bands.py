import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.sound.bands import BANDS, FRAME, KEYS, LOWEST, brightness_of, centres, chroma_of, edges, shifted


def frame(*pitches: int) -> np.ndarray:
    found = np.zeros(FRAME, np.float32)
    found[[pitch - LOWEST for pitch in pitches]] = 0.7
    return found


def test_bands_follow_one_another_without_a_gap_and_each_key_lies_within_its_own() -> None:
    found = edges()
    assert len(found) == BANDS + 1
    assert (np.diff(found) > 0).all()
    assert ((found[:KEYS] < centres()) & (centres() < found[1 : KEYS + 1])).all()
    assert centres()[69 - LOWEST] == 440.0


@given(st.sets(st.integers(LOWEST, LOWEST + KEYS - 1), min_size=1, max_size=8))
def test_pitch_classes_of_a_frame_are_those_of_its_keys(pitches: set[int]) -> None:
    found = chroma_of(frame(*pitches))
    assert set(np.flatnonzero(found > 0.1)) == {pitch % 12 for pitch in pitches}


@given(st.integers(45, 90), st.integers(-12, 12))
def test_a_frame_moved_by_semitones_is_the_frame_of_the_moved_keys(pitch: int, semitones: int) -> None:
    assert (shifted(frame(pitch), semitones) == frame(pitch + semitones)).all()


def test_higher_keys_are_brighter_and_silence_is_not_bright() -> None:
    dark, bright = brightness_of(np.stack([frame(40, 45), frame(80, 90)]))
    assert 0.0 < dark < bright < 1.0
    assert brightness_of(frame()) == 0.0
