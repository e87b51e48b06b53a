import numpy as np
import pytest

from bridge.sound.analysis import frames_of, resampled
from bridge.sound.bands import BANDS, KEYS, LOWEST, RANGE_DB
from tests.bridge.sound.waves import RATE, noise, tones


@pytest.mark.parametrize("pitch", [34, 45, 57, 60, 72, 84, 100])
def test_a_tone_lies_in_the_band_of_its_key_and_in_no_other(pitch: int) -> None:
    levels = frames_of(tones((pitch,)), RATE)[40, :KEYS]
    assert int(levels.argmax()) == pitch - LOWEST
    assert (levels.max() - 1) * RANGE_DB == pytest.approx(-23.0, abs=0.2)  # 0.1 of amplitude
    others = np.delete(levels, pitch - LOWEST)
    assert (others.max() - levels.max()) * RANGE_DB < -40.0


def test_neighbours_in_the_bass_are_told_apart_from_a_fifth_on() -> None:
    levels = frames_of(tones((36, 43)), RATE)[40, :KEYS]
    assert {int(key) + LOWEST for key in np.argsort(levels)[-2:]} == {36, 43}


def test_tones_are_tonal_and_noise_is_not() -> None:
    tonal = frames_of(tones((40, 52, 64, 76)), RATE)[40, BANDS:]
    assert tonal[:5].min() > 0.9
    assert frames_of(noise(), RATE)[40, BANDS:].max() < 0.5


def test_the_rate_of_a_file_does_not_change_what_it_says() -> None:
    wave = tones((50, 62, 69))
    other = resampled(wave, RATE, 48_000)
    assert len(other) == pytest.approx(len(wave) * 48_000 / RATE, abs=2)
    here, there = frames_of(wave, RATE), frames_of(other, 48_000)
    assert np.abs(here - there[: len(here)])[5:-5, :KEYS].max() * RANGE_DB < 6.0
    assert (np.argsort(here[40, :KEYS])[-3:] == np.argsort(there[40, :KEYS])[-3:]).all()


def test_silence_and_a_single_sample_have_frames_too() -> None:
    assert not frames_of(np.zeros(RATE, np.float32), RATE).any()
    assert frames_of(np.zeros(1, np.float32), RATE).shape[0] == 1
