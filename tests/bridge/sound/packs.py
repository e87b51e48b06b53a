"""The shipped texture for the tests of sound, and copies of it to be spoilt."""

import functools
import shutil
from pathlib import Path

from bridge.engine.catalogue import find
from bridge.sound.spectral import Spectral

NAME = "spectral-texture"


@functools.cache
def shipped() -> Spectral:
    """The pack that we ship."""
    return Spectral.open(find(NAME))


def spoilt(folder: Path, old: str, new: str) -> Path:
    """A copy of the pack whose card says something else in one place."""
    copy = folder / "spoilt"
    shutil.copytree(find(NAME), copy)
    card = copy / "pack.toml"
    text = card.read_text("utf-8")
    assert old in text
    card.write_text(text.replace(old, new, 1), "utf-8")
    return copy
