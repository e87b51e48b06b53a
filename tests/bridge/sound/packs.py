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


def spoilt(folder: Path, **lines: str) -> Path:
    """A copy of the pack with lines of its card, by their key, replaced."""
    copy = folder / "spoilt"
    shutil.copytree(find(NAME), copy)
    card = copy / "pack.toml"
    text = [
        f"{key} = {lines[key]}" if (key := line.split(" = ")[0]) in lines else line
        for line in card.read_text("utf-8").splitlines()
    ]
    card.write_text("\n".join(text), "utf-8")
    return copy
