"""From frames to a wave, block by block: an inverse STFT whose phases go on by each tone's own frequency.

Tones are put into the spectrum as the main lobe of the window and turned on from frame to frame by what their frequency
makes of a hop (the phase vocoder's propagation; inverse FFT synthesis after Rodet and Depalle, 1992), so that
overlapping frames add up to one tone without a seam. What is not tonal is noise with random phases. Each key has three
tones a few cents apart, laid out from left to right.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from bridge.sound.bands import BANDS, HOP, KEYS, RANGE_DB, REGISTER_OF, Array, centres, edges

OVERLAP: Final = 4
"""Frames that sound at a time."""
LOBE: Final = 6
"""Bins on either side of a tone that its lobe is made of; what is left out lies 90 dB below."""
CENTS: Final = (-4.0, 0.0, 4.5)
"""How far the three tones of a key lie from it."""
LEFT: Final = (0.78, 0.52, 0.22)
RIGHT: Final = (0.22, 0.52, 0.78)
"""Amplitude of each on either side."""
SWING: Final = 1.5
"""Hann windows a quarter apart add up to 2, their squares to 1.5."""


class Synthesis:
    """Turns one frame after another into blocks of `hop` stereo samples at `rate` Hz; the sound lags two blocks.

    `ensemble`, 0 to 1, is the amplitude of a key's outer tones beside its middle one.
    """

    def __init__(self, rate: int, seed: int = 1, ensemble: float = 1.0) -> None:
        self.rate = rate
        self.hop = round(rate * HOP)
        self._size = OVERLAP * self.hop
        self._random = np.random.default_rng(seed)
        cents = np.asarray(CENTS)
        frequency = (centres()[:, None] * 2.0 ** (cents / 1200.0)).ravel()
        self._turn = 2 * np.pi * frequency * self.hop / rate
        self._phase = self._random.uniform(0.0, 2 * np.pi, len(frequency))
        self._bins, self._lobes = _lobes(frequency * self._size / rate, self._size)
        self._shares = _shares(ensemble)
        self._spread = _spread(rate, self._size)
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self._size) / self._size)).astype(np.float32)
        self._tail = np.zeros((self._size, 2), np.float32)

    def block(self, frame: Array) -> Array:
        """The next `hop` samples, [hop, 2], with another frame [FRAME] laid over what still sounds."""
        power = np.where(frame[:BANDS] > 0, 10.0 ** ((frame[:BANDS] - 1.0) * (RANGE_DB / 10.0)), 0.0)
        tonal = np.zeros(BANDS)
        tonal[:KEYS] = frame[BANDS:][REGISTER_OF]
        self._phase = (self._phase + self._turn) % (2 * np.pi)
        self._tail += self._tones(power * tonal) + self._noise(power * (1.0 - tonal))
        out = self._tail[: self.hop].copy()
        self._tail[: -self.hop] = self._tail[self.hop :]
        self._tail[-self.hop :] = 0.0
        return out

    def _tones(self, power: npt.NDArray[np.float64]) -> Array:
        """One frame of every key's tones, [size, 2], windowed."""
        # The three tones drift against each other, so their powers add up, and Hann windows to twice the amplitude.
        amplitude = np.repeat(np.sqrt(2.0 * power[:KEYS]), len(CENTS)) * 0.5
        turned = (amplitude * np.exp(1j * self._phase))[:, None] * self._lobes
        wave = np.empty((self._size, 2), np.float32)
        count = self._size // 2 + 1
        for side, shares in enumerate(self._shares):
            here = turned * np.tile(shares, KEYS)[:, None]
            real = np.bincount(self._bins.ravel(), here.real.ravel(), count)
            imaginary = np.bincount(self._bins.ravel(), here.imag.ravel(), count)
            wave[:, side] = np.fft.irfft(real[:count] + 1j * imaginary[:count], self._size)
        return wave

    def _noise(self, power: npt.NDArray[np.float64]) -> Array:
        """One frame of noise, [size, 2], each side its own."""
        shape = np.sqrt(self._spread @ power.astype(np.float32))
        wave = np.empty((self._size, 2), np.float32)
        dice = self._random.standard_normal((2, 2, len(shape)), dtype=np.float32)
        for side in (0, 1):
            spectrum = shape * (dice[side, 0] + 1j * dice[side, 1])
            wave[:, side] = np.fft.irfft(spectrum, self._size)
        wave *= self._window[:, None]
        return wave


def _lobes(place: npt.NDArray[np.float64], size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.complex128]]:
    """Bins and values of Hann's lobe for tones at fractional bins `place`, for an inverse real FFT of `size`."""
    bins = np.floor(place).astype(np.int64)[:, None] + np.arange(-LOBE, LOBE + 1)
    off = place[:, None] - bins
    # The spectrum of a window that begins at 0: Dirichlet kernels turned by half the window.
    kernel = 0.5 * np.sinc(off) + 0.25 * np.sinc(off - 1) + 0.25 * np.sinc(off + 1)
    lobes = 0.5 * size * kernel * np.exp(1j * np.pi * off)
    # A low tone's lobe reaches below 0 Hz, where it comes back as its mirror image.
    lobes = np.where(bins < 0, lobes.conj(), lobes)
    return np.clip(np.abs(bins), 0, size // 2), lobes


def _shares(ensemble: float) -> npt.NDArray[np.float64]:
    """Amplitudes of a key's three tones on either side, [2, 3]; the sum of their squares is 1 on each."""
    shares = np.asarray([LEFT, RIGHT]) * np.asarray([ensemble, 1.0, ensemble])
    return np.asarray(shares / np.sqrt((shares**2).sum(1, keepdims=True)))


def _spread(rate: int, size: int) -> Array:
    """Powers of bands -> those of bins, [bins, BANDS], such that the noise has the mean square that a band says."""
    width = rate / size
    bins = np.arange(size // 2 + 1) * width
    low, high = edges()[:-1], edges()[1:]
    overlap = np.minimum(bins[:, None] + width / 2, high) - np.maximum(bins[:, None] - width / 2, low)
    share = np.maximum(overlap, 0.0)
    share /= np.maximum(share.sum(0), TINY_WIDTH)
    # irfft of a bin of power p gives a mean square of 2 p / size^2; two dice make 2, overlapping windows SWING.
    return np.asarray(share * size**2 / (4.0 * SWING), np.float32)


TINY_WIDTH: Final = 1e-9
"""Keeps a band above Nyquist from dividing by nothing."""
