"""The `spectral` family: a recurrent graph that makes the next frame of a sound from this one and from the music."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bridge.engine.pack import Pack
from bridge.engine.session import Session, open_session
from bridge.engine.shapes import expect
from bridge.errors import PackError
from bridge.sound.bands import AIR, BANDS, FRAME, HOP, KEYS, LOWEST, REGISTERS, Array
from bridge.sound.told import EXCERPT, TOLD

FAMILY: Final = "spectral"
LAYOUT: Final = {"lowest": LOWEST, "keys": KEYS, "air": AIR, "registers": REGISTERS, "told": TOLD, "excerpt": EXCERPT}
"""What the card's codec must say, so that frames mean the same to pack and daemon."""
MOST: Final = 64
"""Sounds of a pack at most, and of a folder."""


class Sound(msgspec.Struct, frozen=True):
    """A sound that a texture can have: its character, and the frames that the model is primed with, if there are."""

    name: str
    character: Array
    frames: Array | None = None


class State(msgspec.Struct):
    """Where a sound has got to: its last frame [FRAME], how far off each number of it may be, and the memory."""

    frame: Array
    deviation: Array
    hidden: Array


class _Codec(msgspec.Struct, frozen=True):
    hop: float
    brightness: tuple[float, float]
    gain: float
    sounds: tuple[str, ...]
    characters: tuple[tuple[float, ...], ...]


class Spectral:
    """A loaded pack. Raises PackError where card and graphs are not of this family."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        card = pack.card
        if card.family != FAMILY:
            raise PackError(
                f"{card.name} is of the family «{card.family}», which makes notes and no sound; see [texture]"
            )
        try:
            codec = msgspec.convert(card.codec, _Codec)
        except msgspec.ValidationError as error:
            raise PackError(f"{card.name}: its codec is not that of a texture ({error}); get the pack again") from None
        hidden, character = (int(card.model.get(name, 0)) for name in ("hidden", "character"))
        low, high = codec.brightness
        names, numbers = codec.sounds, codec.characters
        known = {name: card.codec.get(name) for name in LAYOUT} == LAYOUT and abs(codec.hop - HOP) < 1e-9
        sizes = hidden > 0 and character > 0 and all(len(each) == character for each in numbers)
        bounds = 0.0 <= low < high <= 1.0 and 0.0 < codec.gain <= 100.0 and 0 < len(names) == len(numbers) <= MOST
        if not (known and sizes and bounds and np.isfinite(np.concatenate(numbers)).all()):
            raise PackError(f"{card.name}: its frames are not laid out as this Antiphon has them; update one of them")
        self.name = card.name
        self.brightness = (low, high)
        """Where the middle of the sound lies at a brightness of 0 and of 1, on the model's scale."""
        self.gain = codec.gain
        """Factor on the amplitude that brings a texture to its usual loudness."""
        self.sounds = tuple(
            Sound(name, np.array([each], np.float32)) for name, each in zip(names, numbers, strict=True)
        )
        self._hidden = hidden
        self._step, self._read = open_graph("step"), open_graph("read")
        frame, state = ((1, FRAME), np.float32), ((1, BANDS, hidden), np.float32)
        told, mind = ((1, TOLD), np.float32), ((1, character), np.float32)
        inputs = {"frame": frame, "hidden": state, "told": told, "character": mind}
        outputs = {"next": frame, "deviation": frame, "next_hidden": state}
        expect(card.name, "step", self._step, inputs, outputs)
        expect(card.name, "read", self._read, {"excerpt": ((1, EXCERPT, FRAME), np.float32)}, {"character": mind})

    @classmethod
    def open(cls, folder: Path, provider: str = "cpu") -> "Spectral":
        """Load and check the pack in a folder, and run it once. Raises PackError or ProviderError."""
        pack = Pack.load(folder)
        model = cls(pack, lambda name: open_session(pack.graph(name, provider), provider))
        model.step(model.rest(), np.zeros(TOLD, np.float32), model.sounds[0].character)
        return model

    def rest(self) -> State:
        """Silence, and nothing remembered."""
        silence = np.zeros(FRAME, np.float32)
        return State(silence, silence, np.zeros((1, BANDS, self._hidden), np.float32))

    def step(self, state: State, told: Array, character: Array) -> State:
        """The state one frame on; `told` [TOLD] holds for the new frame.

        Raises PackError where the graph gives numbers that are none.
        """
        feeds = {"frame": state.frame[None], "hidden": state.hidden, "told": told[None], "character": character}
        found = self._step.run(("next", "deviation", "next_hidden"), feeds)
        if not all(np.isfinite(numbers).all() for numbers in found):
            raise PackError(f"{self.name} gave numbers that are none; get the pack again")
        frame, deviation, hidden = found
        return State(np.clip(frame[0], 0.0, 1.0), deviation[0], hidden)

    def read(self, name: str, frames: Array) -> Sound:
        """The sound that frames [N, FRAME] are the beginning of. Raises PackError."""
        excerpt = np.zeros((1, EXCERPT, FRAME), np.float32)
        excerpt[0, : min(EXCERPT, len(frames))] = frames[:EXCERPT]
        character = self._read.run(("character",), {"excerpt": excerpt})[0]
        if not np.isfinite(character).all():
            raise PackError(f"{self.name} gave numbers that are none; get the pack again")
        return Sound(name, character, excerpt[0])
