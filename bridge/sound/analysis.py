"""From a wave to frames: an STFT whose windows are the longer the lower the band, with its power put where it belongs.

A low tone spreads over several bins, and so over several keys. The power of each bin is moved to the frequency that its
phase says it has (reassignment: Auger and Flandrin, 1995), so that a tone lies in the band of its own key.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.sound.bands import BANDS, KEYS, RANGE_DB, REGISTER_OF, REGISTERS, Array, edges

RATE: Final = 44_100
"""Hz at which everything is analysed; other rates are brought to it."""
HOP_SAMPLES: Final = 1024
NOISE_FLATNESS: Final = 0.56
"""Spectral flatness of white noise in one frame (e to the minus Euler's constant)."""
FARTHEST: Final = 4.0
"""Bins that power is moved at most."""
TINY: Final = 1e-12
CHUNK: Final = 256
"""Frames that are transformed at a time, so that a long sound needs little more memory than a short one."""

Doubles = npt.NDArray[np.float64]


class Split(NamedTuple):
    """From and to which frequency (Hz) a window of so many hops serves, on the wave at a so many times lower rate."""

    low: float
    high: float
    hops: int
    slower: int


SPLITS: Final = (Split(0.0, 260.0, 16, 32), Split(260.0, 1050.0, 8, 16), Split(1050.0, 22_050.0, 4, 1))


def frames_of(wave: npt.NDArray[np.float32], rate: int) -> Array:
    """Frames of a mono wave of `rate` Hz, one every HOP seconds from its start: [frames, FRAME]."""
    wave = resampled(wave, rate, RATE)
    count = max(1, -(-len(wave) // HOP_SAMPLES))
    power = np.zeros((count, BANDS))
    tonality = np.zeros((count, REGISTERS))
    for split in SPLITS:
        slower = resampled(wave, split.slower, 1) if split.slower > 1 else wave
        _add(slower, split, power, tonality)
    levels = np.clip(1.0 + 10.0 * np.log10(power + TINY) / RANGE_DB, 0.0, 1.0)
    return np.concatenate([levels, tonality], 1).astype(np.float32)


def resampled(wave: npt.NDArray[np.float32], rate: int, wanted: int) -> npt.NDArray[np.float32]:
    """The wave at another rate, by its spectrum cut off or padded."""
    if rate == wanted or not len(wave):
        return wave
    # Zeros behind the end: what rings across it must not come back at the beginning.
    length = -(-len(wave) // rate) * rate + rate
    count = length * wanted // rate
    spectrum = np.fft.rfft(wave, length)[: count // 2 + 1]
    out = np.fft.irfft(spectrum, count)[: -(-len(wave) * wanted // rate)] * (count / length)
    return np.asarray(out, np.float32)


def _add(wave: npt.NDArray[np.float32], split: Split, power: Doubles, tonality: Doubles) -> None:
    """Add what lies in a split to `power` [frames, BANDS], and set the `tonality` of the registers there."""
    rate, hop = RATE / split.slower, HOP_SAMPLES // split.slower
    size = split.hops * hop
    window, slope = _windows(size)
    padded = np.pad(wave, (size // 2, size + hop))
    bins = np.arange(size // 2 + 1) * rate / size
    scale = 2.0 / (size * (window.astype(np.float64) ** 2).sum())
    served = _registers(split)
    for first in range(0, len(power), CHUNK):
        rows = slice(first, min(first + CHUNK, len(power)))
        starts = np.arange(rows.start, rows.stop) * hop
        pieces = padded[starts[:, None] + np.arange(size)]
        spectrum = np.fft.rfft(pieces * window)
        density = np.abs(spectrum) ** 2
        turning = np.fft.rfft(pieces * slope)
        moved = -(turning * spectrum.conj()).imag / np.maximum(density, TINY) * rate / (2 * np.pi)
        reach = FARTHEST * rate / size
        power[rows] += _gathered(density * scale, bins + np.clip(moved, -reach, reach), split)
        for register, (low, high) in served.items():
            here = density[:, (bins >= low) & (bins < high)] * scale + TINY
            flatness = np.exp(np.log(here).mean(1)) / here.mean(1)
            loud = here.sum(1) > 10.0 ** (-RANGE_DB / 10.0)
            tonality[rows, register] = np.clip(1.0 - flatness / NOISE_FLATNESS, 0.0, 1.0) * loud


def _gathered(power: npt.NDArray[np.floating], frequency: npt.NDArray[np.floating], split: Split) -> Doubles:
    """Powers of bins put into the bands of their frequencies, where these lie in the split: [frames, BANDS]."""
    band = np.searchsorted(edges(), frequency, side="right") - 1
    inside = (frequency >= split.low) & (frequency < split.high) & (band >= 0) & (band < BANDS)
    places = np.arange(len(power))[:, None] * BANDS + np.where(inside, band, 0)
    found = np.bincount(places.ravel(), (power * inside).ravel(), len(power) * BANDS)
    return np.asarray(found.reshape(len(power), BANDS), np.float64)


def _registers(split: Split) -> dict[int, tuple[float, float]]:
    """The registers whose middle lies in the split -> their edges in Hz."""
    found = {}
    for register in range(REGISTERS):
        keys = np.flatnonzero(register == REGISTER_OF)
        low, high = float(edges()[keys[0]]), float(edges()[: KEYS + 1][keys[-1] + 1])
        if split.low <= (low * high) ** 0.5 < split.high:
            found[register] = low, high
    return found


def _windows(size: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Hann's window, and its slope by the sample."""
    turn = 2 * np.pi * np.arange(size) / size
    return (0.5 - 0.5 * np.cos(turn)).astype(np.float32), (np.pi / size * np.sin(turn)).astype(np.float32)
