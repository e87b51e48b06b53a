"""What the audio process holds: model, sounds, output and player; and what becomes of it when one of them fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from bridge.errors import AntiphonError, SettingsError
from bridge.sound.outputs import open_output
from bridge.sound.player import Player
from bridge.sound.scene import Complaint, Furnish, Furnished, Scene, ToSound
from bridge.sound.seeds import load_seeds
from bridge.sound.spectral import Sound, Spectral
from bridge.sound.texture import Texture

AGAIN: Final = 2.0
"""Seconds before an output that went away is looked for again."""
IDLE: Final = 1.0
"""Seconds between looks while there is nothing to play."""


class House:
    """`say` sends to the desk, `now` reads `perf_counter`."""

    def __init__(self, say: Callable[[msgspec.Struct], object], now: Callable[[], float]) -> None:
        self._say = say
        self._now = now
        self._wanted = Furnish("")
        self._model: Spectral | None = None
        self._sounds: tuple[Sound, ...] = ()
        self._player: Player | None = None
        self._scene = Scene()
        self._look = float("inf")

    def handle(self, message: ToSound) -> None:
        """Take in what the desk says."""
        match message:
            case Scene():
                self._scene = message
                if self._player is not None:
                    self._player.follow(message)
            case Furnish():
                self._furnish(message)

    def step(self) -> float:
        """Do what there is to do; returns the seconds until there may be more."""
        if self._player is None:
            if self._now() >= self._look:
                self._open()
            return IDLE
        try:
            wait = self._player.step()
        except (AntiphonError, MemoryError) as error:
            self._fail(f"the texture ended: {error or 'no memory is left'}")
            return IDLE
        report = self._player.report()
        if report is not None:
            self._say(report)
        if self._player.lost:
            self.close()
            self._look = self._now() + AGAIN
            self._complain("the audio system went away; the texture waits for it to come back")
        return wait

    def close(self) -> None:
        """End the output, if there is one."""
        if self._player is not None:
            self._player.close()
            self._player = None

    def _furnish(self, wanted: Furnish) -> None:
        self.close()
        self._wanted, self._sounds = wanted, ()
        try:
            self._model = Spectral.open(Path(wanted.pack))
            if wanted.seeds:
                self._sounds = load_seeds(Path(wanted.seeds).expanduser(), self._model, self._complain)
        except SettingsError as error:
            self._complain(str(error))  # a folder of seeds that is not there: the pack has sounds of its own
        except (AntiphonError, MemoryError) as error:
            self._model = None
            self._fail(f"there is no texture: {error or 'no memory is left'}")
            return
        self._open()

    def _open(self) -> None:
        """Open the output and play; where that fails, what is named is looked for again later."""
        if self._model is None:
            return
        try:
            output = open_output(self._wanted.output, self._complain)
            texture = Texture(self._model, output.rate, self._sounds)
            self._player = Player(texture, output, self._now)
        except AntiphonError as error:
            if self._look == float("inf"):
                self._complain(f"the texture is not heard: {error}")
            self._look = self._now() + AGAIN
            return
        self._look = float("inf")
        self._player.follow(self._scene)
        names = tuple(sound.name for sound in texture.sounds)
        self._say(Furnished(self._model.name, output.name, output.rate, names))

    def _complain(self, text: str) -> None:
        self._say(Complaint(text))

    def _fail(self, text: str) -> None:
        self.close()
        self._look = float("inf")
        self._say(Complaint(text, fatal=True))
