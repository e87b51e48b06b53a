"""The preview's drums, by General MIDI key: a falling tone, a band of noise, or both."""

from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

from bridge.record.timbre import RATE, Wave

ATTACK = 0.0015
"""Seconds in which a stroke rises, short enough to be sharp and long enough not to click."""


class Drum(msgspec.Struct, frozen=True):
    """A tone falling from `high` to `low` Hz, and noise from `floor` to `ceiling` Hz; decays in seconds."""

    tone: float = 0.0
    high: float = 0.0
    low: float = 0.0
    glide: float = 0.03
    ring: float = 0.1
    noise: float = 0.0
    floor: float = 200.0
    ceiling: float = 12000.0
    rattle: float = 0.05
    level: float = 1.0


KICK = Drum(tone=1.0, high=170.0, low=47.0, glide=0.028, ring=0.16, noise=0.1, floor=1500, rattle=0.008)
SNARE = Drum(tone=0.45, high=240.0, low=180.0, ring=0.07, noise=0.8, floor=900, rattle=0.09, level=0.75)
RIM = Drum(tone=0.5, high=900.0, low=820.0, ring=0.018, noise=0.4, floor=2500, rattle=0.012, level=0.6)
CLAP = Drum(noise=1.0, floor=800, ceiling=4500, rattle=0.1, level=0.7)
TOM = Drum(tone=0.9, high=160.0, low=95.0, glide=0.06, ring=0.2, noise=0.1, floor=400, rattle=0.04)
CLOSED_HAT = Drum(noise=1.0, floor=7500, ceiling=15500, rattle=0.024, level=0.36)
OPEN_HAT = Drum(noise=1.0, floor=6500, ceiling=15500, rattle=0.19, level=0.32)
CRASH = Drum(noise=1.0, floor=3500, ceiling=15500, rattle=0.6, level=0.38)
RIDE = Drum(tone=0.12, high=3100.0, low=3080.0, ring=0.3, noise=0.7, floor=6000, rattle=0.28, level=0.26)
SHAKER = Drum(noise=1.0, floor=5000, ceiling=13000, rattle=0.04, level=0.3)
BLOCK = Drum(tone=1.0, high=1020.0, low=1000.0, ring=0.03, level=0.35)


def _tom(high: float, low: float) -> Drum:
    return msgspec.structs.replace(TOM, high=high, low=low)


KIT = {
    35: KICK,
    36: KICK,
    37: RIM,
    38: SNARE,
    39: CLAP,
    40: SNARE,
    41: _tom(110, 70),
    42: CLOSED_HAT,
    43: _tom(125, 80),
    44: CLOSED_HAT,
    45: _tom(145, 95),
    46: OPEN_HAT,
    47: _tom(165, 110),
    48: _tom(190, 130),
    49: CRASH,
    50: _tom(215, 150),
    51: RIDE,
    52: CRASH,
    53: RIDE,
    54: SHAKER,
    55: CRASH,
    56: BLOCK,
    57: CRASH,
    59: RIDE,
    69: SHAKER,
    70: SHAKER,
    75: BLOCK,
    76: BLOCK,
    77: msgspec.structs.replace(BLOCK, high=770.0, low=750.0),
}
"""General MIDI percussion key -> drum; every other key is a block."""


def stroke(pitch: int, velocity: int) -> Wave:
    """One stroke, whatever the length of its note; the same wave every time."""
    return _struck(pitch) * np.float32((velocity / 127.0) ** 1.5)


@lru_cache(maxsize=128)
def _struck(pitch: int) -> Wave:
    drum = KIT.get(pitch, BLOCK)
    seconds = ATTACK + 6.0 * max(drum.ring if drum.tone else 0.0, drum.rattle if drum.noise else 0.0)
    samples = round(seconds * RATE)
    time = np.arange(samples) / RATE
    wave = np.zeros(samples)
    if drum.tone:
        # The integral of low + (high - low) exp(-t / glide), so that the pitch falls without a jump in phase.
        cycles = drum.low * time + (drum.high - drum.low) * drum.glide * (1 - np.exp(-time / drum.glide))
        wave += drum.tone * np.sin(2 * np.pi * cycles) * np.exp(-time / drum.ring)
    if drum.noise:
        wave += drum.noise * _hiss(samples, drum.floor, drum.ceiling, pitch) * np.exp(-time / drum.rattle)
    wave *= np.minimum(1.0, time / ATTACK) * np.minimum(1.0, (seconds - time) / 0.01)
    return (drum.level * wave).astype(np.float32)


def _hiss(samples: int, floor: float, ceiling: float, seed: int) -> npt.NDArray[np.float64]:
    """Noise between two frequencies, about -1 to 1."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum *= np.clip((frequency - floor) / (0.2 * floor) + 1, 0, 1)
    spectrum *= np.clip((ceiling - frequency) / (0.2 * ceiling) + 1, 0, 1)
    noise = np.fft.irfft(spectrum, samples)
    return np.asarray(noise / (3.0 * np.std(noise)))
