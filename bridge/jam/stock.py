"""The stock: what a mode may make an answer's material from."""

from collections.abc import Mapping

import msgspec

from bridge.jam.phrase import Phrase
from bridge.music.note import Voice

SLOTS = ("A", "B", "C", "D")
"""Where phrases are kept."""


class Stock(msgspec.Struct, frozen=True):
    """What there is when a section is to be asked."""

    voices: tuple[Voice, ...]
    """Those that are asked."""
    origin: float
    """The bar line, in stage beats, with which the band's turn begins, or which its upbeat leads to."""
    bar: float
    """Length of a bar in beats."""
    phrase: Phrase | None
    """The player's last phrase."""
    lately: Phrase | None
    """What the player has done in the last `LATELY` bars, on a round that begins at `origin`."""
    slots: Mapping[str, Phrase]
    blend: float
    follow: str


LATELY = 2
"""Bars that an answer follows the player by."""
