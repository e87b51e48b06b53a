"""What the grid costs: how far it moves written onsets, and how often it misreads a hand that is not exact."""

import random
from collections import Counter
from typing import Any

from bridge.engine.grid import TICKS, snap, snap_tick
from export.data.bundle import Bundle

SETS = (
    "openhymnal/openhymnal_midi_train.tar.xz",
    "lieder/lieder_midi_train.tar.xz",
    "mutopia/mutopia_midi_train.tar.xz",
)
EVERY = 8
"""One file in so many is read."""
TEMPI = (90, 120, 160)
HAND = 0.012
"""Seconds of standard deviation of a hand's onsets; 19 of 20 are within twice as much."""


def onsets(bundle: Bundle) -> Counter[int]:
    """How many written onsets lie on each tick of the beat, in a sample of the bundle's MIDI files."""
    from symusic import Score

    found: Counter[int] = Counter()
    for path in SETS:
        for number, (_, content) in enumerate(bundle.members(path)):
            if number % EVERY == 0:
                score: Any = Score.from_midi(content)
                for track in score.tracks:
                    found.update(round(n.time / score.ticks_per_quarter * TICKS) % TICKS for n in track.notes)
    return found


def moved(found: Counter[int]) -> tuple[float, float]:
    """Share of onsets that the grid moves, and the mean distance in beats of all onsets."""
    total = sum(found.values())
    distance = sum(count * abs(snap_tick(tick) - tick) for tick, count in found.items()) / total / TICKS
    return sum(count for tick, count in found.items() if snap_tick(tick) != tick) / total, distance


def misread(found: Counter[int], tempo: float, draws: int = 40_000, seed: int = 1) -> float:
    """Share of onsets that a hand's unevenness carries to another place of the grid, at a tempo."""
    chance = random.Random(seed)
    wrong = 0
    for tick in chance.choices(list(found), list(found.values()), k=draws):
        meant = TICKS + snap_tick(tick)
        wrong += snap(meant + chance.gauss(0, HAND) * tempo / 60 * TICKS) != meant
    return wrong / draws


def sentence(bundle: Bundle) -> str:
    """The grid's cost in words."""
    found = onsets(bundle)
    share, distance = moved(found)
    rates = ", ".join(f"{misread(found, tempo):.1%} at {tempo}" for tempo in TEMPI)
    return (
        f"The grid moves {share:.1%} of the written onsets, all onsets by {distance:.4f} beats on average. "
        f"Of a hand's onsets (standard deviation {HAND * 1000:.0f} ms) it misreads {rates} beats a minute."
    )
