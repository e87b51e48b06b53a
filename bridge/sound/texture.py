"""The texture: scene after scene in, block after block of sound out. Live and offline are the same."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from bridge.sound import pulse
from bridge.sound.bands import FRAME, HOP, KEYS, LOWEST, Array
from bridge.sound.scene import Scene
from bridge.sound.spectral import Sound, Spectral
from bridge.sound.synthesis import OVERLAP, Synthesis
from bridge.sound.told import HOLD, Told

EARLY: Final = 2
"""Frames from being told of a strike to the strike, as the model has learnt it."""
LEAD: Final = (EARLY + OVERLAP / 2) * HOP
"""Seconds from the beginning of a block to when what was told for it is heard."""
GLIDE: Final = 0.06
"""Share of its way that the character of the sound goes in a frame, from one sound to another."""
SETTLE: Final = 0.08
"""The same of density, brightness, motion and level."""
RESTLESS: Final = 1.5
"""Deviations that restless motion strays from what the model expects."""
WIDEST: Final = 0.04
"""No deviation counts for more than this (3 dB): a texture swells, it does not leap."""
AUDIBLE: Final = 0.4
"""Level from which a band strays as far as any."""
FULL: Final = 0.8
"""Strength from which two keys are struck at a time."""
VOICES: Final = 5
"""Keys of a chord that comes in."""
SLOW: Final = 0.93
"""Share of that which is left a frame later: bands drift, they do not flutter."""
RING_OUT: Final = 0.003
"""What a key beside the chord loses in a frame (10 dB a second): the last chord gives way to this one."""
LARGE: Final = 1_000_003
"""Keeps the dice of one seed apart from those of the next."""
KNEE: Final = 0.6
"""Level above which the sound is bent instead of cut."""


class Texture:
    """Makes blocks of `hop` stereo samples at `rate` Hz; `sounds` are what it can sound like."""

    def __init__(self, model: Spectral, rate: int, sounds: Sequence[Sound] = (), seed: int = 1) -> None:
        self._model = model
        self.sounds = (*sounds, *model.sounds)
        """The player's own first."""
        self._synthesis = Synthesis(rate, seed)
        self.rate = rate
        self.hop = self._synthesis.hop
        self._random = np.random.default_rng(seed)
        self._state = model.rest()
        self._drift = np.zeros(FRAME, np.float32)
        self._chosen = -1
        self._character = self.sounds[0].character
        self._chord: tuple[int, ...] = ()
        self._foreign = foreign(())
        self._ringing: list[tuple[int, tuple[int, float]]] = []
        """Frames since each strike that is still told, with its key and strength."""
        self._settled = np.zeros(0, np.float32)

    def block(self, scene: Scene, beat: float) -> Array:
        """The next `hop` samples [hop, 2], which begin to sound `LEAD` before stage beat `beat`. Raises PackError."""
        self._choose(scene.character)
        density, brightness, motion, level = (float(value) for value in self._settle(scene))
        self._ringing = [(age + 1, strike) for age, strike in self._ringing if age + 1 < HOLD]
        self._ringing += [(0, strike) for strike in self._strikes(scene, beat, density, brightness, motion)]
        low, high = self._model.brightness
        told = Told(
            pitch_classes=self._chord,
            density=density,
            brightness=low + (high - low) * brightness,
            struck=tuple(strike for _, strike in self._ringing),
        )
        self._state = self._model.step(self._state, told.vector(), self._character)
        self._state.frame = np.maximum(self._state.frame - self._foreign, 0.0)
        return bent(self._synthesis.block(self._stray(motion)) * np.float32(level * self._model.gain))

    def _strikes(
        self, scene: Scene, beat: float, density: float, brightness: float, motion: float
    ) -> list[tuple[int, float]]:
        """Which keys are struck at a beat, and how hard; a change of chord is struck in full."""
        bpm = scene.map.bpm
        strength = pulse.strike(beat, beat + HOP * bpm / 60.0, bpm, density, scene.seed)
        many = 1 if strength < FULL else 2
        if scene.pitch_classes != self._chord:
            self._chord = scene.pitch_classes
            self._foreign = foreign(self._chord)
            strength, many = max(strength, pulse.CHANGE), VOICES
        if strength <= 0.0:
            return []
        middle = pulse.pitch(beat, brightness, motion, scene.seed)
        keys = pulse.keys(self._chord, middle, many, scene.seed * LARGE + round(beat * pulse.GRID))
        return [(key, strength) for key in keys]

    def _stray(self, motion: float) -> Array:
        """The frame as it sounds: every number strays from what was expected, slowly, as far as it may be off."""
        fresh = self._random.standard_normal(FRAME, dtype=np.float32)
        self._drift = np.float32(SLOW) * self._drift + np.float32((1.0 - SLOW**2) ** 0.5) * fresh
        frame = self._state.frame
        sounding = np.minimum(frame / AUDIBLE, 1.0)  # what is silent stays so
        strayed = (
            frame + np.float32(RESTLESS * motion) * self._drift * np.minimum(self._state.deviation, WIDEST) * sounding
        )
        return np.asarray(np.clip(strayed, 0.0, 1.0), np.float32)

    def _settle(self, scene: Scene) -> Array:
        """Knobs as they are on their way to where they were set: nothing leaps."""
        wished = np.array([scene.density, scene.brightness, scene.motion, scene.level], np.float32)
        if len(self._settled):
            self._settled = self._settled + np.float32(SETTLE) * (wished - self._settled)
        else:
            self._settled = wished
        return self._settled

    def _choose(self, character: int) -> None:
        """Let the sound glide to the one that is chosen; at the start, its own frames prime the model."""
        wanted = character % len(self.sounds)
        sound = self.sounds[wanted]
        if self._chosen < 0:
            self._character = sound.character
            for frame in sound.frames if sound.frames is not None else ():
                self._state.frame = frame
                self._state = self._model.step(self._state, Told().vector(), self._character)
        self._chosen = wanted
        self._character = self._character + np.float32(GLIDE) * (sound.character - self._character)


def foreign(pitch_classes: tuple[int, ...]) -> Array:
    """What every number of a frame loses, [FRAME]: keys beside the chord ring out sooner; none do without a chord."""
    loss = np.zeros(FRAME, np.float32)
    if pitch_classes:
        loss[:KEYS] = np.where(np.isin((LOWEST + np.arange(KEYS)) % 12, pitch_classes), 0.0, RING_OUT)
    return loss


def bent(block: Array) -> Array:
    """Below the knee untouched, above it bent towards 1, never reached."""
    size = np.abs(block)
    if size.max(initial=0.0) <= KNEE:
        return block
    curved = KNEE + (1.0 - KNEE) * np.tanh((size - KNEE) / (1.0 - KNEE))
    return np.where(size > KNEE, np.sign(block) * curved, block).astype(np.float32)
