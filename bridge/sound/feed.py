"""Between the one who makes sound and the one who takes it: a ring of samples, and a gate that fades.

One thread puts, another pulls; neither waits for the other.
"""

from typing import Final

import numpy as np

from bridge.sound.bands import Array

FADE: Final = 0.02
"""Seconds in which the gate opens and shuts."""
AHEAD: Final = 0.15
"""Seconds of sound that are kept ready."""
SIZE: Final = 1 << 16
"""Samples that the ring holds."""
SIDES: Final = 2


class Feed:
    """Stereo sound on its way out, at `rate` Hz. It is silent until it is opened and some sound is ready."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.underruns = 0
        """Times that more was wanted than was there, while the gate was open."""
        self.peak = 0.0
        """Largest sample pulled since it was last set to 0."""
        self._ring = np.zeros((SIZE, SIDES), np.float32)
        self._nothing = np.zeros((0, SIDES), np.float32)
        self._put = 0
        self._pulled = 0
        self._open = False
        self._flowing = False
        self._gain = 0.0

    @property
    def ready(self) -> int:
        """Samples that wait to be pulled."""
        return self._put - self._pulled

    @property
    def hungry(self) -> bool:
        """Whether more sound is wanted: the gate is open, and less than AHEAD is ready."""
        return self._open and self.ready < AHEAD * self.rate

    @property
    def silent(self) -> bool:
        """Whether the gate is shut and has faded."""
        return not self._open and self._gain == 0.0

    def put(self, block: Array) -> None:
        """Add a block [n, 2]; what does not fit is left out."""
        count = min(len(block), SIZE - self.ready)
        places = (self._put + np.arange(count)) % SIZE
        self._ring[places] = block[:count]
        self._put += count

    def open(self) -> None:
        """Let sound through, as soon as enough is ready."""
        self._open = True

    def shut(self) -> None:
        """Fade out at once; what was ready is thrown away."""
        self._open = False

    def pull(self, count: int) -> Array:
        """The next `count` samples, [count, 2]; zeros where there is no sound to be."""
        if not self._flowing:
            if not self._open:
                self._pulled = self._put
            if not self._open or self.ready < max(count, AHEAD * self.rate / 2):
                return self._silence(count)
            self._flowing = True
        out = np.zeros((count, SIDES), np.float32)
        here = min(count, self.ready)
        places = (self._pulled + np.arange(here)) % SIZE
        out[:here] = self._ring[places]
        self._pulled += here
        if here < count and self._open:
            self.underruns += 1
        self._shape(out, here)
        self.peak = max(self.peak, float(np.abs(out).max(initial=0.0)))
        return out

    def _silence(self, count: int) -> Array:
        """So many samples of nothing, the same ones every time: most cycles want them."""
        if len(self._nothing) != count:
            self._nothing = np.zeros((count, SIDES), np.float32)
            self._nothing.flags.writeable = False
        return self._nothing

    def _shape(self, out: Array, here: int) -> None:
        """Fade in or out what was pulled; where the sound breaks off, down to nothing at its end."""
        step = 1.0 / (FADE * self.rate)
        aim = 1.0 if self._open else 0.0
        if here < len(out):
            out[:here] *= np.linspace(self._gain, 0.0, here + 1, dtype=np.float32)[1:, None]
            self._gain, self._flowing = 0.0, False
            return
        if self._gain != aim:
            way = self._gain + np.sign(aim - self._gain) * step * np.arange(1, len(out) + 1)
            gains = np.clip(way, 0.0, 1.0).astype(np.float32)
            out *= gains[:, None]
            self._gain = float(gains[-1])
        if self._gain == 0.0 and not self._open:
            self._flowing = False
            self._pulled = self._put
