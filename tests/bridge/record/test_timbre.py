import numpy as np
import pytest

from bridge.music.note import Voice
from bridge.record.audio import PLAYER, VOICES
from bridge.record.timbre import LONGEST, RATE, Timbre, hertz, sound

INSTRUMENTS = [PLAYER, *(VOICES[voice] for voice in (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.CLICK))]


def test_concert_pitch_is_440() -> None:
    assert hertz(69) == 440.0
    assert hertz(57) == pytest.approx(220.0)


@pytest.mark.parametrize("timbre", INSTRUMENTS)
@pytest.mark.parametrize("pitch", [45, 60, 76])
def test_an_instrument_sounds_the_pitch_that_is_written(timbre: Timbre, pitch: int) -> None:
    wave = sound(timbre, pitch, 2.0, 90)
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    frequency = np.fft.rfftfreq(len(wave), 1 / RATE)
    loudest = float(frequency[power.argmax()])
    harmonic = max(1, round(loudest / hertz(pitch)))
    assert loudest / harmonic == pytest.approx(hertz(pitch), rel=0.006)
    assert harmonic <= 2


@pytest.mark.parametrize("timbre", INSTRUMENTS)
@pytest.mark.parametrize("pitch", [0, 24, 60, 108, 127])
def test_a_note_begins_and_ends_at_nought_and_never_jumps(timbre: Timbre, pitch: int) -> None:
    wave = sound(timbre, pitch, 0.3, 127)
    assert len(wave) == round(0.3 * RATE) + round(timbre.release * RATE)
    assert wave[0] == 0.0
    assert abs(float(wave[-1])) < 1e-3
    assert np.abs(wave).max() <= 1.0
    steepest = 2 * np.pi * min(hertz(pitch) * 10, RATE / 2) / RATE
    assert np.abs(np.diff(wave)).max() <= max(0.02, steepest * np.abs(wave).max())


def test_a_louder_stroke_is_louder() -> None:
    soft, loud = (np.abs(sound(PLAYER, 60, 0.5, velocity)).max() for velocity in (30, 110))
    assert loud > 3 * soft


def test_a_note_held_for_an_hour_does_not_fill_the_memory() -> None:
    assert len(sound(PLAYER, 60, 3600.0, 80)) <= (LONGEST + 1) * RATE
