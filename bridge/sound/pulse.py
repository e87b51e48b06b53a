"""When the texture is struck: on the 16ths of the jam, as often as its density says, the same for the same seed."""

import math
from typing import Final

from bridge.engine.noise import uniform
from bridge.sound.bands import LOWEST

GRID: Final = 4
"""Places to a beat where something can be struck."""
CHANGE: Final = 0.8
"""How hard a change of chord is struck."""
DRIFT: Final = 2.0
"""Beats from one turn of the register to the next."""
CENTRE: Final = 57.0
"""Mean pitch of what is struck at middle brightness."""
BRIGHT: Final = 22.0
"""Semitones from the darkest to the brightest."""
SPREAD: Final = 6.0
"""Semitones from voice to voice of a strike, about."""
HIGHEST: Final = 96
"""MIDI pitch below which everything is struck."""
WANDER: Final = 14.0
"""Semitones that restless motion goes up or down at most."""


def strike(start: float, end: float, bpm: float, density: float, seed: int) -> float:
    """How hard something is struck between two stage beats, 0 for not at all; `density` is in strikes a second."""
    chance = density * 60.0 / bpm / GRID
    hardest = 0.0
    for place in range(math.ceil(start * GRID - 1e-9), math.ceil(end * GRID - 1e-9)):
        dice = uniform(seed, place)
        # A beat is likelier than what lies between, so that few strikes are on the beat.
        weight = 1.5 if place % GRID == 0 else 1.0 if place % 2 == 0 else 0.75
        if dice[0] < chance * weight:
            hardest = max(hardest, (0.55 + 0.35 * dice[1]) * (1.1 if place % GRID == 0 else 0.9))
    return min(hardest, 1.0)


def pitch(beat: float, brightness: float, motion: float, seed: int) -> float:
    """Where the texture lies at a stage beat: by its brightness, and wandering as far as its motion lets it."""
    place = math.floor(beat / DRIFT)
    way = beat / DRIFT - place
    here, there = (2.0 * uniform(seed, -1, place + step)[0] - 1.0 for step in (0, 1))
    smooth = way * way * (3.0 - 2.0 * way)
    return CENTRE + BRIGHT * (brightness - 0.5) + WANDER * motion * (here + (there - here) * smooth)


def keys(pitch_classes: tuple[int, ...], middle: float, many: int, dice: int) -> tuple[int, ...]:
    """So many MIDI pitches of a chord around a pitch, near it but not always the nearest; () without a chord."""
    if not pitch_classes:
        return ()
    near = [pitch for pitch in range(LOWEST + 3, HIGHEST) if pitch % 12 in pitch_classes]
    found: dict[int, None] = {}
    for number in range(many):
        lane = uniform(dice, number)
        # Voices of a full strike are spread, so that it is no cluster; single ones wander.
        spread = (number - (many - 1) / 2) * SPREAD + (lane[0] - 0.5) * 2.0 * SPREAD
        found[min(near, key=lambda pitch: abs(pitch - middle - spread))] = None
    return tuple(sorted(found))
