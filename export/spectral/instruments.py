"""Instruments for training material: those of the preview, and some of our own that hold, ring or breathe."""

from collections.abc import Callable

import numpy as np

from bridge.record.timbre import CEILING, RATE, Timbre, Wave, electric_piano, pad, plucked_bass, reed

Tone = Callable[[float, int, float], Wave]
DICE = 11


def organ(frequency: float, samples: int, bright: float) -> Wave:
    """Drawbars: octaves and twelfths that hold."""
    levels = {
        0.5: 0.35,
        1.0: 1.0,
        1.5: 0.25 * bright,
        2.0: 0.6,
        3.0: 0.4 * bright,
        4.0: 0.35 * bright,
        8.0: 0.2 * bright,
    }
    return _summed({ratio: (level, 0.0) for ratio, level in levels.items()}, frequency, samples) * np.float32(0.5)


def bells(frequency: float, samples: int, bright: float) -> Wave:
    """Partials of a bell, each with a time of its own to die away."""
    partials = {0.5: (0.3, 2.5), 1.0: (1.0, 2.0), 1.2: (0.3, 1.4), 1.5: (0.25, 1.2), 2.0: (0.6, 1.0), 2.67: (0.4, 0.6)}
    high = {4.0: (0.5 * bright, 0.35), 5.33: (0.4 * bright, 0.25), 6.7: (0.3 * bright, 0.18)}
    return _summed(partials | high, frequency, samples) * np.float32(0.5)


def strings(frequency: float, samples: int, bright: float) -> Wave:
    """A section of bowed strings: many partials, each a little beside the others, and some bow."""
    wave = np.zeros(samples, np.float32)
    for cents in (-9.0, -2.0, 4.0, 11.0):
        here = frequency * 2.0 ** (cents / 1200.0)
        fall = 1.3 + 1.2 * (1.0 - bright)
        wave += _summed({float(n): (n**-fall, 0.0) for n in range(1, 16)}, here, samples) * np.float32(0.25)
    return wave + breath(frequency, samples, bright) * np.float32(0.12)


def breath(frequency: float, samples: int, bright: float) -> Wave:
    """Blown air: noise that a tube of this length lets through, more of it where it is bright."""
    random = np.random.default_rng(DICE + round(frequency))
    spectrum = np.fft.rfft(random.standard_normal(samples))
    at = np.fft.rfftfreq(samples, 1.0 / RATE)
    shape = np.zeros(len(at))
    for number in range(1, 7):
        width = 0.012 * frequency * number**0.5
        shape += (0.35 + 0.6 * bright) ** (number - 1) / (1.0 + ((at - number * frequency) / width) ** 2)
    shape += 0.01 * bright / (1.0 + (at / 4000.0) ** 2)
    wave = np.fft.irfft(spectrum * shape, samples)
    return np.asarray(wave / max(float(np.abs(wave).max()), 1e-9) * 0.7, np.float32)


TONES: dict[str, Tone] = {
    "pad": pad, "reed": reed, "electric piano": electric_piano, "plucked bass": plucked_bass,
    "organ": organ, "bells": bells, "strings": strings, "breath": breath,
}  # fmt: skip
"""By name."""
SUDDEN = frozenset({"electric piano", "plucked bass", "bells"})
"""Those that are struck or plucked."""


def instrument(name: str, random: np.random.Generator) -> Timbre:
    """An instrument of that tone, as slow or quick to speak as it happens."""
    slowest = 0.03 if name in SUDDEN else 0.6
    return Timbre(
        TONES[name],
        attack=float(np.exp(random.uniform(np.log(0.004), np.log(slowest)))),
        release=float(random.uniform(0.08, 0.9)),
        level=0.3,
        pan=0.0,
    )


def _summed(partials: dict[float, tuple[float, float]], frequency: float, samples: int) -> Wave:
    """Partials by ratio: (level, seconds to fall to 1/e, 0 for ever); none above the ceiling."""
    time = np.arange(samples) / RATE
    wave = np.zeros(samples, np.float32)
    for ratio, (level, seconds) in partials.items():
        if level > 0 and frequency * ratio < CEILING:
            cycles = frequency * ratio * time + ratio
            tone = np.sin(2 * np.pi * (cycles - np.floor(cycles))).astype(np.float32) * np.float32(level)
            wave += tone * np.exp(-time / seconds).astype(np.float32) if seconds else tone
    return wave
