"""A small room for the preview: convolution with noise that decays, block by block."""

import numpy as np
import numpy.typing as npt

from bridge.record.timbre import RATE

LENGTH = 1.1
"""Seconds until the room has fallen silent."""
DECAY = 0.22
"""Seconds in which its ring falls to 1/e."""
DELAY = 0.012
"""Seconds in which the ring sets in."""
SHARE = 0.2
"""How loud the room is beside the instruments, over the middle frequencies."""
LOW, MIDDLE, HIGH = 250.0, (300.0, 3000.0), 3500.0
"""Hz under and over which the room is dull, and between which its loudness is set."""
SEED = 5

Stereo = npt.NDArray[np.float32]
"""Samples by two channels."""


class Room:
    """Adds the room to one block of `size` samples after another; what rings on goes into the next."""

    def __init__(self, size: int) -> None:
        response = _response()
        self.size = size
        self._points = 1 << (size + len(response) - 1).bit_length()
        self._response = np.fft.rfft(response, self._points, axis=0)
        self._ringing = np.zeros((len(response), 2), np.float32)

    def add(self, block: Stereo) -> Stereo:
        """The block with the room on it; block and answer are (size, 2)."""
        if not block.any() and not self._ringing.any():
            return block
        wet = np.fft.irfft(np.fft.rfft(block, self._points, axis=0) * self._response, self._points, axis=0)
        carried = len(self._ringing)
        wet[:carried] += self._ringing
        self._ringing = wet[self.size : self.size + carried].astype(np.float32)
        return (block + wet[: self.size]).astype(np.float32)


def _response() -> Stereo:
    """Two channels of noise, dull at both ends, that decay and end at zero."""
    samples = round(LENGTH * RATE)
    time = np.arange(samples)[:, None] / RATE
    noise = np.random.default_rng(SEED).standard_normal((samples, 2))
    frequency = np.fft.rfftfreq(samples, 1 / RATE)
    shape = frequency / (frequency + LOW) / (1 + (frequency / HIGH) ** 2)
    noise = np.fft.irfft(np.fft.rfft(noise, axis=0) * shape[:, None], samples, axis=0)
    ring = noise * np.minimum(1.0, time / DELAY) * np.exp(-time / DECAY) * (1 - time / LENGTH)
    gain = np.abs(np.fft.rfft(ring, axis=0))[(frequency > MIDDLE[0]) & (frequency < MIDDLE[1])]
    response: Stereo = (ring * (SHARE / np.sqrt((gain**2).mean()))).astype(np.float32)
    return response
