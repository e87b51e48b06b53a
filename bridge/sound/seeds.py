"""The player's own sounds as seeds of a texture."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bridge.errors import SettingsError
from bridge.sound import samples
from bridge.sound.analysis import frames_of
from bridge.sound.spectral import MOST, Sound, Spectral

PEAK = 0.7
"""Every seed is brought to this largest sample, as the sounds were that the model learnt from."""
QUIET = 1e-4
"""A sound that never gets louder than this is none."""


def load_seeds(folder: Path, model: Spectral, tell: Callable[[str], object]) -> tuple[Sound, ...]:
    """Every sound file of a folder in the order of their names; one that cannot be used is told in a line and left out.

    Raises SettingsError where there is no such folder.
    """
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}; set another one for `seeds` under [texture]")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in samples.KINDS and path.is_file())
    if len(files) > MOST:
        tell(f"{folder} holds {len(files)} sounds; the first {MOST} of them are seeds")
    found = []
    for path in files[:MOST]:
        try:
            found.append(_seed(path, model))
        except SettingsError as error:
            tell(f"{error}; it is no seed")
    return tuple(found)


def _seed(path: Path, model: Spectral) -> Sound:
    wave, rate = samples.read(path)
    loudest = float(np.abs(wave).max())
    if loudest < QUIET:
        raise SettingsError(f"{path.name} is silent")
    begins = int(np.flatnonzero(np.abs(wave) > loudest / 50)[0])
    wave = wave[max(0, begins - rate // 100) :][: 4 * rate] * np.float32(PEAK / loudest)
    return model.read(path.stem, frames_of(wave, rate))
