import numpy as np
import pytest

from bridge.record.timbre import RATE, sound
from bridge.sound.analysis import frames_of
from bridge.sound.bands import BANDS, FRAME, KEYS, LOWEST
from bridge.sound.told import CHROMA, TOLD
from export.spectral.instruments import TONES, instrument
from export.spectral.material import PITCHED_DB, resonant


@pytest.mark.parametrize("name", TONES)
def test_every_instrument_sounds_at_its_pitch_begins_and_ends_at_nothing(name: str) -> None:
    wave = sound(instrument(name, np.random.default_rng(1)), 60, 1.5, 90)
    assert np.isfinite(wave).all()
    assert 0.01 < np.abs(wave).max() < 2.0
    assert abs(float(wave[0])) < 0.01
    assert abs(float(wave[-1])) < 0.01
    levels = frames_of(wave / np.abs(wave).max(), RATE)[20, :KEYS]
    strongest = {(int(key) + LOWEST - 60) % 12 for key in np.argsort(levels)[-2:]}
    assert strongest & {0, 7, 3}  # the key, its twelfth, or a bell's minor tenth


def test_resonance_leaves_the_chord_damps_the_rest_and_makes_it_tonal() -> None:
    frames, told = np.full((4, FRAME), 0.6, np.float32), np.zeros((4, TOLD), np.float32)
    frames[:, BANDS:] = 0.1
    told[:3, CHROMA] = np.isin(np.arange(12), (0, 4, 7))
    found = resonant(frames, told, PITCHED_DB)
    on = np.isin((LOWEST + np.arange(KEYS)) % 12, (0, 4, 7))
    assert (found[0, :KEYS][on] == np.float32(0.6)).all()
    assert (found[0, :KEYS][~on] < 0.45).all()
    assert (found[0, BANDS:] > 0.8).all()
    assert (found[3] == frames[3]).all()
