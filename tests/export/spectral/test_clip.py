import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.sound.bands import FRAME
from bridge.sound.told import BRIGHTNESS, CHROMA, EXCERPT, HOLD, STRUCK
from export.spectral.clip import held, moved, padded, tilted
from tests.export.spectral.clips import FRAMES, ringing


@given(st.integers(-6, 6))
def test_a_clip_that_is_moved_is_told_of_the_chord_and_the_keys_that_it_then_has(semitones: int) -> None:
    clip = ringing(30)
    frames, told = moved(clip.frames.astype(np.float32), clip.told.astype(np.float32), semitones, 0.0)
    assert int(frames[0, :76].argmax()) == 30 + semitones
    assert int(told[0, STRUCK].argmax()) == 30 + semitones
    assert int(told[0, CHROMA].argmax()) == semitones % 12


def test_brighter_clips_are_told_to_be_brighter_and_silence_stays_silent() -> None:
    clip = ringing(30)
    frames = clip.frames.astype(np.float32)
    frames[:, 60] = 0.5
    _, dark = moved(frames, clip.told.astype(np.float32), 0, -4.0)
    _, bright = moved(frames, clip.told.astype(np.float32), 0, 4.0)
    assert bright[50, BRIGHTNESS] > dark[50, BRIGHTNESS]
    assert not tilted(np.zeros((3, FRAME), np.float32), 4.0).any()


def test_a_strike_is_told_for_its_frames_and_no_longer() -> None:
    told = held(ringing(30).told.astype(np.float32))[:, STRUCK.start + 30]
    assert (told[:HOLD] > 0.7).all()
    assert not told[HOLD:30].any()
    assert (told[30 : 30 + HOLD] > 0.7).all()


def test_an_excerpt_has_its_length_however_short_the_sound_is() -> None:
    random = np.random.default_rng(0)
    assert ringing().excerpt(random).shape == (EXCERPT, FRAME)
    assert padded(np.ones((3, FRAME), np.float32))[3:].sum() == 0
    assert len(ringing().frames) == FRAMES
