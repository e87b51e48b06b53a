import numpy as np
import pytest

from bridge.record.drum_kit import KIT, stroke
from bridge.record.timbre import RATE, Wave

KICK, SNARE, HAT, OPEN_HAT = 36, 38, 42, 46


def centre(wave: Wave) -> float:
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((np.fft.rfftfreq(len(wave), 1 / RATE) * power).sum() / power.sum())


def test_the_kick_is_low_and_the_hat_is_high() -> None:
    kick, snare, hat = (centre(stroke(pitch, 100)) for pitch in (KICK, SNARE, HAT))
    assert kick < 300 < snare < 6000 < hat


def test_an_open_hat_rings_longer_than_a_closed_one() -> None:
    assert len(stroke(OPEN_HAT, 100)) > 3 * len(stroke(HAT, 100))


@pytest.mark.parametrize("pitch", [*KIT, 0, 127])
def test_a_stroke_begins_and_ends_at_nought(pitch: int) -> None:
    wave = stroke(pitch, 127)
    assert wave[0] == 0.0
    assert abs(float(wave[-1])) < 1e-2
    assert 0.05 < np.abs(wave).max() <= 1.6


def test_a_stroke_is_the_same_every_time() -> None:
    assert np.array_equal(stroke(SNARE, 77), stroke(SNARE, 77))
