"""Simulated players, whose tastes are known because they are made up here. No real person's taste is in them.

A player belongs to a school (a taste in styles, density, scales, tempo, and in qualities that no feature of ours sees)
and strays from it. What a player thinks of a phrase is a number; the upper part of all phrases is liked, and a finger
that presses like or dislike slips now and then.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.taste.simulate.pool import Made

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SCHOOLS = 5
HIDDEN = 4
"""Qualities of a phrase that no feature says."""
STRAYS = 0.7
"""How far a player strays from the school, beside how far schools lie apart."""
UNSEEN = 0.8
"""How much the hidden qualities count beside what can be heard of the style."""
LIKED = 0.3
"""Share of the phrases that a player likes."""
SLIP = 0.25
"""Deviations of what a player thinks over which the finger is unsure."""


class Players(msgspec.Struct, frozen=True):
    """What each player [U] truly thinks of each phrase [I], in deviations about the line above which it is liked."""

    opinions: Floats
    schools: NDArray[np.int64]

    @property
    def likes(self) -> Bools:
        """Whether each player [U] truly likes each phrase [I]."""
        return self.opinions > 0

    def pressed(self, chance: np.random.Generator) -> Floats:
        """What each player [U] would press for each phrase [I]: 1 or -1, slips among them."""
        sure = 1.0 / (1.0 + np.exp(-self.opinions / SLIP))
        return np.where(chance.random(self.opinions.shape) < sure, 1.0, -1.0)


def simulated(made: Sequence[Made], count: int, seed: int) -> Players:
    """`count` players of a pool of phrases. The same seed gives the same ones."""
    chance = np.random.default_rng([seed, count, len(made)])
    heard = _standard(_traits(made))
    hidden = chance.normal(size=(len(made), HIDDEN))
    schools = chance.integers(SCHOOLS, size=count)
    shown = _tastes(chance, schools, heard.shape[1]) @ heard.T / np.sqrt(heard.shape[1])
    felt = _tastes(chance, schools, HIDDEN) @ hidden.T / np.sqrt(HIDDEN)
    thought = shown / shown.std() + UNSEEN * felt / felt.std()
    thought /= thought.std(1, keepdims=True)
    return Players(thought - np.quantile(thought, 1.0 - LIKED, axis=1, keepdims=True), schools)


def _tastes(chance: np.random.Generator, schools: NDArray[np.int64], width: int) -> Floats:
    """Each player's weights [U, width]: the school's, and what is the player's own."""
    return chance.normal(size=(SCHOOLS, width))[schools] + STRAYS * chance.normal(size=(len(schools), width))


def _traits(made: Sequence[Made]) -> Floats:
    """What the players hear [I, T]: how a phrase was made, which is not what our features measure."""
    styles, scales = (sorted({getattr(each, name) for each in made}) for name in ("style", "scale"))
    return np.array(
        [
            [
                *(float(each.style == style) for style in styles),
                *(float(each.scale == scale) for scale in scales),
                each.density,
                each.phrase.bpm,
                float(len({note.voice for note in each.phrase.notes})),
            ]
            for each in made
        ]
    )


def _standard(values: Floats) -> Floats:
    found: Floats = (values - values.mean(0)) / np.maximum(values.std(0), 1e-9)
    return found
