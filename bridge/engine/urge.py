"""The urge to play: who has lately played less than they are told to comes in sooner, who has played more later.

A model that has not heard a voice for a while takes it that the voice rests, whatever density it is told: a silence
would keep itself up. So would a flood.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import PART_OF, PARTS
from bridge.engine.grid import TICKS
from bridge.music.note import Note, Voice

WINDOW = 8.0
"""Beats that are looked back on."""
SHORTEST = 2.0
"""Beats of music below which nothing can be said yet."""
GAIN = 2.0
"""Nats for each nat by which the onsets differ from those wished for."""
STRONGEST = 3.0
"""Nats at most."""

Urges = NDArray[np.float32]


def calm() -> Urges:
    """No urge [7] at all."""
    return np.zeros(PARTS, np.float32)


def urges(wished: Mapping[Voice, float], notes: Iterable[Note], start: float) -> Urges:
    """What to add to the scores of the parts [7], in nats, where music goes on at a stage beat.

    `wished` are onsets a beat; voices not in it have no urge. `notes` are the band's before that beat, in any order.
    """
    found = calm()
    onsets = {(note.voice, round(note.beat * TICKS)) for note in notes if start - WINDOW <= note.beat < start}
    if not onsets:
        return found
    window = start - min(tick for _, tick in onsets) / TICKS
    if window < SHORTEST:
        return found
    for voice, density in wished.items():
        played = sum(voice == who for who, _ in onsets)
        lacking = np.log((density * window + 1.0) / (played + 1.0))
        found[PART_OF[voice]] = np.clip(GAIN * lacking, -STRONGEST, STRONGEST)
    return found
