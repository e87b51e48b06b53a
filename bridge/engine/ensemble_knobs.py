"""An ensemble's own knobs: what of an ask's snapshot becomes wishes, and how freely each voice chooses."""

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import PART_OF, PARTS
from bridge.engine.dice import daring
from bridge.engine.ensemble_controls import PITCHED, VOICES, Row, wishes
from bridge.engine.family import Ask
from bridge.engine.pack import Card
from bridge.music.note import Voice

COOLEST = 0.05
"""Lowest temperature that the graph is asked for."""
DEFAULT_MIN_P = 0.08
USUAL = {Voice.LEAD: 1.2, Voice.CHORDS: 1.2, Voice.BASS: 1.0, Voice.DRUMS: 2.5}
"""Onsets a beat of a voice that follows the player a little and is not told how much to play."""
REACH = 13
"""Semitones above and below its register that a voice keeps within."""
STEADY = 0.25
"""Onsets a beat by which a voice's density moves when it follows the player's, so that it holds still otherwise."""


class EnsembleKnobs:
    """The knobs of a pack, each with its default where an ask does not say."""

    def __init__(self, card: Card) -> None:
        self._defaults = {knob.name: knob.default for knob in card.knobs}
        cool = card.codec.get("cool")
        self._cool = cool if isinstance(cool, float) and COOLEST <= cool <= 1.0 else 1.0
        """The temperature, as the model learnt it, that 1 stands for: a small model plays best a little below 1."""

    def value(self, ask: Ask, name: str) -> float:
        """A knob's value; 0 for one that there is not, or that is no number."""
        value = ask.knobs.get(name, self._defaults.get(name, 0.0))
        return value if math.isfinite(value) else 0.0

    def densities(self, ask: Ask, asked: Sequence[Voice], theirs: float) -> dict[Voice, float]:
        """Onsets a beat of the asked voices that are told how much to play; `theirs` are the player's, NaN where they
        are not known.
        """
        density = self._by_voice(ask, asked, "density")
        for voice in asked:
            share = self.value(ask, f"follow_{voice}")
            if share > 0 and theirs > 0:
                density[voice] = followed(density.get(voice, USUAL[voice]), theirs, share)
        return density

    def wishes(
        self, ask: Ask, asked: Sequence[Voice], playing: Collection[Voice], density: Mapping[Voice, float]
    ) -> Row:
        """The row of wishes for the asked voices, with their `densities`, beside others that play."""
        register = self._by_voice(ask, asked, "register")
        return wishes(ask.key, {*asked, *playing}, round(self.value(ask, "style")), density, register)

    def reach(self, ask: Ask, asked: Sequence[Voice]) -> dict[Voice, tuple[int, int]]:
        """Lowest and highest pitch of the asked voices that are told a register: its middle, and so far around it.

        The model is told the middle, too, but what it has played says more to it: step by step it would climb away.
        """
        middles = self._by_voice(ask, asked, "register").items()
        return {voice: (round(middle) - REACH, round(middle) + REACH) for voice, middle in middles if voice in PITCHED}

    def daring(self, ask: Ask) -> NDArray[np.float32]:
        """How freely each part chooses [7, 2]: a voice by its own knobs where they are turned, else by those of all."""
        found = np.empty((PARTS, 2), np.float32)
        found[:] = self._freely(ask, "")
        for voice in VOICES:
            found[PART_OF[voice]] = self._freely(ask, f"_{voice}")
        return found

    def _by_voice(self, ask: Ask, asked: Sequence[Voice], name: str) -> dict[Voice, float]:
        """A knob that each voice has for itself, or that holds for a voice that is asked alone; none where it is 0."""
        found = {}
        for voice in asked:
            value = self.value(ask, f"{name}_{voice}") or (self.value(ask, name) if len(asked) == 1 else 0.0)
            if value > 0:
                found[voice] = value
        return found

    def _freely(self, ask: Ask, who: str) -> tuple[float, float]:
        heat = self.value(ask, f"temperature{who}") or self.value(ask, "temperature") or 1.0
        complexity = self.value(ask, f"complexity{who}") or self.value(ask, "complexity")
        return daring(max(heat * self._cool, COOLEST), least_share(complexity))


def followed(own: float, theirs: float, share: float) -> float:
    """Onsets a beat between a voice's own and the player's, by ratio: 0 is its own way, 1 the player's."""
    between = own * math.pow(theirs / own, min(share, 1.0))
    return max(round(between / STEADY), 1) * STEADY


def least_share(complexity: float) -> float:
    """How likely a class must be, against the likeliest, to be played: the less, the more complex the band may be."""
    return DEFAULT_MIN_P if complexity <= 0 else 0.15 * (1.0 - min(complexity, 1.0)) ** 2
