"""Batches: examples as tensors, with what is hidden of them drawn anew each time."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bridge.engine import cvae_controls as told
from bridge.engine.cvae_rolls import BEATS, VOICES, columns
from export.cvae.examples import Examples

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

HIDE = {
    (told.SCALE.start, told.SCALE_KNOWN + 1): 0.35,
    (told.STYLE.start, told.STYLE.stop): 0.3,
    (told.AROUSAL, told.AROUSAL_KNOWN + 1): 0.4,
    (told.BRIGHTNESS, told.BRIGHTNESS_KNOWN + 1): 0.4,
    (told.CONTRAST, told.CONTRAST_KNOWN + 1): 0.4,
    (told.SECTION.start, told.SECTION.stop): 0.5,
}
"""Columns of a wish -> the chance that they are not told."""
HIDE_VOICE = 0.6
"""Of a voice's density or register."""
HIDE_CHORDS = 0.4
HIDE_BEFORE = 0.15
NOTHING, WHOLE_VOICES, BEGINNING = 0.4, 0.38, 0.12
"""Chances that nothing is known of a window, some voices, or its first beats; else single cells are."""
CUT = 0.4
"""Of known voices only the beats up to a random one are known."""


class Batch(NamedTuple):
    """B windows, the second half of which follow the first where `follows` says so."""

    x: Tensor
    known: Tensor
    wish: Tensor
    beats: Tensor
    follows: Tensor
    """[B/2]"""
    lead: Tensor
    bass: Tensor
    drums: Tensor
    offset: Tensor
    velocity: Tensor
    played: Tensor
    playing: Tensor
    """[B, 4]"""
    style: Tensor
    full: Tensor
    """The wish with nothing hidden."""


class Deck:
    """Draws pairs of windows, the second where there is one that follows the first."""

    def __init__(self, data: Examples, seed: int) -> None:
        self.data = data
        self.random = np.random.default_rng(seed)
        self._sum = np.cumsum(data.chance)
        follows = np.full(len(data.lead), -1, np.int64)
        later = np.flatnonzero(data.before >= 0)
        follows[data.before[later]] = later
        self._follows = follows

    def draw(self, pairs: int) -> Batch:
        """A batch of so many pairs, with hiding."""
        first = self._some(pairs)
        second = self._follows[first]
        follows = second >= 0
        second = np.where(follows, second, self._some(pairs))
        return batch(self.data, np.concatenate([first, second]), follows, self.random)

    def _some(self, count: int) -> Ints:
        return np.minimum(np.searchsorted(self._sum, self.random.random(count)), len(self._sum) - 1)


def batch(data: Examples, index: Ints, follows: Bools, random: np.random.Generator | None) -> Batch:
    """Windows as tensors; without `random` nothing that is told is hidden, and nothing of the notes is known."""
    lead, bass, chords, drums = (part[index] for part in (data.lead, data.bass, data.chords, data.drums))
    wish = data.wish[index].copy()
    full = wish.copy()
    beats = data.beats[index].astype(np.float32) / np.float32(127)
    playing = wish[:, told.PLAYING]
    known = np.zeros((len(index), BEATS, len(VOICES)), np.float32)
    if random is not None:
        _hide(wish, beats, random)
        known = known_cells(playing > 0, random)
    half = len(index) - len(follows)
    wish[:half, told.CONTRAST : told.CONTRAST_KNOWN + 1] = 0.0
    wish[half:][~follows, told.CONTRAST : told.CONTRAST_KNOWN + 1] = 0.0
    tensors = (
        columns(lead, bass, chords, drums), known, wish, beats, follows, lead.astype(np.int64), bass.astype(np.int64),
        drums.astype(np.float32) / 127, data.offset[index].astype(np.float32) / 127,
        data.velocity[index].astype(np.float32) / 127, data.played[index], playing, data.style[index].astype(np.int64),
        full,
    )  # fmt: skip
    return Batch(*(torch.from_numpy(np.ascontiguousarray(array)) for array in tensors))


def known_cells(playing: Bools, random: np.random.Generator) -> Floats:
    """[B, 8, 4] which voices are known at which beats; voices that do not play count as not known."""
    rows = len(playing)
    kind = random.random(rows)
    voices = random.random((rows, 1, len(VOICES))) < random.uniform(0.25, 0.75, (rows, 1, 1))
    lead = (random.random(rows) < 0.45)[:, None, None]
    voices = np.where(lead, np.array([True, False, False, False]), voices)
    until = np.where(random.random(rows) < CUT, random.integers(1, BEATS, rows), BEATS)
    early = np.arange(BEATS)[None, :, None] < until[:, None, None]
    first = np.arange(BEATS)[None, :, None] < random.integers(1, BEATS, (rows, 1, 1))
    cells = random.random((rows, BEATS, len(VOICES))) < random.uniform(0.1, 0.9, (rows, 1, 1))
    kinds = kind[:, None, None]
    known = np.where(
        kinds < NOTHING,
        False,
        np.where(
            kinds < NOTHING + WHOLE_VOICES,
            voices & early,
            np.where(kinds < NOTHING + WHOLE_VOICES + BEGINNING, np.broadcast_to(first, cells.shape), cells),
        ),
    )
    found: Floats = (known & playing[:, None]).astype(np.float32)
    return found


def _hide(wish: Floats, beats: Floats, random: np.random.Generator) -> None:
    rows = len(wish)
    for (start, stop), chance in HIDE.items():
        wish[random.random(rows) < chance, start:stop] = 0.0
    for part, known in ((told.DENSITY, told.DENSITY_KNOWN), (told.REGISTER, told.REGISTER_KNOWN)):
        hidden = (random.random((rows, part.stop - part.start)) < HIDE_VOICE) | (random.random((rows, 1)) < 0.4)
        wish[:, part] *= ~hidden
        wish[:, known] *= ~hidden
    beats[random.random(rows) < HIDE_CHORDS, :, told.CHORD] = 0.0
