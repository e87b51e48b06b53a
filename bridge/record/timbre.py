"""The preview's instruments: pitch, length and velocity in, one mono wave out, no partial above Nyquist."""

from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt

RATE = 44100
"""Samples a second."""
CEILING = 16000.0
"""Hz above which no partial is made."""
LONGEST = 30.0
"""Seconds after which even a held note has died away in the preview."""
VIBRATO = 5.2
"""Hz of the reed's vibrato."""
VIBRATO_DEPTH = 0.006
"""How far it bends the pitch, as a fraction of the frequency (ten cents)."""

Wave = npt.NDArray[np.float32]
"""Mono samples, about -1 to 1."""


class Timbre(msgspec.Struct, frozen=True):
    """An instrument: its tone, `attack` and `release` in seconds, `level`, `pan` (-1 left, 1 right)."""

    tone: Callable[[float, int, float], Wave]
    """(frequency in Hz, samples, brightness 0 to 1) -> wave without attack and release."""
    attack: float
    release: float
    level: float
    pan: float


def hertz(pitch: int) -> float:
    """Frequency of a MIDI pitch, A4 = 440 Hz, equal temperament."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12))


def sound(timbre: Timbre, pitch: int, seconds: float, velocity: int) -> Wave:
    """A whole note: it begins and ends at zero, and rings for the release after `seconds`."""
    strength = velocity / 127.0
    held = round(min(max(seconds, timbre.attack), LONGEST) * RATE)
    fade = round(timbre.release * RATE)
    wave = timbre.tone(hertz(pitch), held + fade, strength)
    rise = max(1, round(timbre.attack * RATE))
    wave[:rise] *= _ramp(rise)
    wave[held:] *= _ramp(fade)[::-1]
    wave *= np.float32(timbre.level * strength**1.4)
    return wave


def electric_piano(frequency: float, samples: int, bright: float) -> Wave:
    """A tine: a sine whose phase is bent by itself less and less, and a short high overtone at the hammer."""
    phase = _phase(frequency, samples)
    fundamental = np.sin(phase)
    bend = np.float32((0.35 + 1.5 * bright) * min(1.0, 500.0 / frequency))
    wave = np.sin(phase + bend * _decay(samples, 0.35) * fundamental)
    wave *= _decay(samples, min(2.6, 620.0 / frequency + 0.5))
    if frequency * 7 < CEILING:
        wave += np.sin(phase * np.float32(7.0)) * _decay(samples, 0.06) * np.float32(0.05 + 0.12 * bright)
    return wave


def reed(frequency: float, samples: int, bright: float) -> Wave:
    """A melodica: mostly odd partials that hold, with a slow vibrato that sets in late."""
    time = _time(samples)
    onset = np.clip((time - 0.25) / 0.5, 0.0, 1.0)
    deviation = VIBRATO_DEPTH * frequency / (2 * np.pi * VIBRATO)
    vibrato = deviation * onset * np.sin(2 * np.pi * VIBRATO * time)
    phase = _radians(frequency * time + vibrato)
    odd = (1.0, 0.22, 0.42, 0.13, 0.24, 0.08, 0.13, 0.04, 0.07)
    wave = _partials(phase, frequency, odd, rolloff=0.55 + 0.4 * bright)
    swell = np.float32(0.72) + np.float32(0.28) * _decay(samples, 0.5)
    return wave * swell * np.float32(0.62)


def pad(frequency: float, samples: int, bright: float) -> Wave:
    """Three soft strings a few cents apart."""
    time = _time(samples)
    falling = (1.0, 0.46, 0.28, 0.17, 0.1, 0.06)
    wave = np.zeros(samples, np.float32)
    for cents, share in ((0.0, 0.45), (-6.5, 0.3), (7.0, 0.3)):
        detuned = frequency * 2.0 ** (cents / 1200)
        phase = _radians(detuned * time + cents / 17.0)
        wave += _partials(phase, detuned, falling, rolloff=0.4 + 0.35 * bright) * np.float32(share)
    return wave * (np.float32(0.6) + np.float32(0.4) * _decay(samples, 1.4))


def plucked_bass(frequency: float, samples: int, bright: float) -> Wave:
    """A string: the higher the partial, the sooner it is gone."""
    phase = _phase(frequency, samples)
    wave = np.sin(phase) * _decay(samples, 1.3)
    for partial, level in ((2, 0.5), (3, 0.28), (4, 0.16), (5, 0.09)):
        if frequency * partial < CEILING:
            strength = np.float32(level * (0.4 + bright))
            wave += np.sin(phase * np.float32(partial)) * _decay(samples, 0.7 / partial) * strength
    return wave


def beep(frequency: float, samples: int, bright: float) -> Wave:
    """A plain sine."""
    return np.sin(_phase(frequency, samples))


def _partials(phase: Wave, frequency: float, levels: tuple[float, ...], rolloff: float) -> Wave:
    """Sum of harmonics by sin((k+1)x) = 2 cos x sin kx - sin((k-1)x): two sines for all of them."""
    twice = np.float32(2.0) * np.cos(phase)
    before, now = np.zeros_like(phase), np.sin(phase)
    wave = now * np.float32(levels[0])
    for partial, level in enumerate(levels[1:], 2):
        if frequency * partial > CEILING:
            break
        before, now = now, twice * now - before
        wave += now * np.float32(level * rolloff ** ((partial - 1) / 4))
    return wave


def _time(samples: int) -> npt.NDArray[np.float64]:
    return np.arange(samples) / RATE


def _phase(frequency: float, samples: int) -> Wave:
    return _radians(frequency * _time(samples))


def _radians(cycles: npt.NDArray[np.float64]) -> Wave:
    # Whole turns are taken off in double precision: single precision would hiss after a few seconds.
    radians: Wave = (2 * np.pi * (cycles - np.floor(cycles))).astype(np.float32)
    return radians


def _decay(samples: int, seconds: float) -> Wave:
    """Falls to 1/e in `seconds`."""
    falling: Wave = np.exp(np.arange(samples, dtype=np.float32) * np.float32(-1.0 / (seconds * RATE)))
    return falling


def _ramp(samples: int) -> Wave:
    """A smooth rise from 0 to 1."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(samples) / max(1, samples))).astype(np.float32)
