"""Gestures: what the player does with phrases, by foot, by OSC or on the page."""

from collections.abc import Mapping

import msgspec

from bridge.jam.phrase import Phrase


class Capture(msgspec.Struct, frozen=True, tag="capture"):
    """Keep the player's last phrase in a slot, or (`band`) what the band has played last or repeats."""

    slot: str
    band: bool = False


class PlaySlot(msgspec.Struct, frozen=True, tag="play"):
    """Repeat the phrase of a slot, from the next bar on."""

    slot: str


class Clear(msgspec.Struct, frozen=True, tag="clear"):
    """Empty a slot."""

    slot: str


class Back(msgspec.Struct, frozen=True, tag="back"):
    """Repeat the phrase that the band played before."""


class Infill(msgspec.Struct, frozen=True, tag="infill"):
    """Make bars `first` to `last` (from 1) of what is repeated anew, between what stands."""

    first: int
    last: int


class Fill(msgspec.Struct, frozen=True, tag="fill"):
    """The next bar is to be a drum fill."""


class Restock(msgspec.Struct, frozen=True, tag="restock"):
    """These phrases are in the slots now, and no others."""

    slots: Mapping[str, Phrase]


Gesture = Capture | PlaySlot | Clear | Back | Infill | Fill | Restock
