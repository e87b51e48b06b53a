"""How a player may tap a groove: the kit squashed into one line, of which some pieces, accents or hits are left out.

After Gillick et al. (Tap2Drum, 2019), with the ways in which people tap on one key: all of it, the bass drum and the
snare, the accents alone, a few hits less; loud and soft or all alike; exact or as the hand falls.
"""

import numpy as np
from numpy.typing import NDArray

from bridge.engine.gan_rows import PIECES, TAP, Hits, Row, squashed
from bridge.engine.window import STEPS

Flags = NDArray[np.bool_]

WAYS = ("all", "drums", "one drum", "accents", "fewer", "cymbals")
"""What of a kit is tapped: everything; bass drum, snare and toms; one of them; what is loud; a random part; cymbals."""
CHANCES = (0.3, 0.3, 0.08, 0.14, 0.1, 0.08)
SKINS = np.array([True, True, False, False, True, True, True, False, False])
LEVEL = 0.35
"""Chance that all taps are equally loud."""
EXACT = 0.25
"""Chance that the taps lie on the grid."""
HAND = 0.2
"""Deviation of a hand's offset, where 1 is half a step."""
SILENT = 0.06
"""Chance that there is no tap."""


def tapped(kit: Hits, random: np.random.Generator) -> Hits:
    """Taps [B, 32] of kits [B, 9, 32]; another draw for each."""
    count = len(kit.onset)
    way = random.choice(len(WAYS), count, p=CHANCES)
    keep = random.uniform(0.5, 1.0, (count, 1, 1))
    heard = _heard(kit, way, random)
    heard &= random.random((count, 1, STEPS)) < np.where(way[:, None, None] == 4, 0.55, np.minimum(1.0, keep + 0.3))
    return handled(squashed(kit, heard), random)


def handled(tap: Hits, random: np.random.Generator) -> Hits:
    """Taps [B, 32] as a hand plays them."""
    count = len(tap.onset)
    onset = tap.onset * (random.random((count, 1)) >= SILENT)
    level = random.uniform(0.4, 0.95, (count, 1))
    touch = np.clip(
        tap.velocity * random.uniform(0.75, 1.25, (count, 1)) + 0.05 * random.normal(size=tap.onset.shape), 0.05, 1.0
    )
    velocity = np.where(random.random((count, 1)) < LEVEL, level, touch) * onset
    own = np.clip(tap.offset + HAND * random.random((count, 1)) * random.normal(size=tap.onset.shape), -1.0, 1.0)
    offset = np.where(random.random((count, 1)) < EXACT, 0.0, own) * onset
    return Hits(*(part.astype(np.float32) for part in (onset, velocity, offset)))


def plain(kit: Hits) -> Hits:
    """Bass drum, snare and toms of kits [B, 9, 32] as taps [B, 32], exactly as played: what figures are made with."""
    return squashed(kit, np.broadcast_to(SKINS[:, None], kit.onset.shape))


def stacked(tap: Hits) -> Row:
    """Taps as the graphs read them, [B, 3, 32]."""
    return np.stack([getattr(tap, name) for name in TAP], -2).astype(np.float32)


def _heard(kit: Hits, way: NDArray[np.int64], random: np.random.Generator) -> Flags:
    """Which hits [B, 9, 32] a tapper listens to."""
    count = len(way)
    one = np.arange(PIECES) == random.choice([0, 1], (count, 1))
    loud = kit.velocity > random.uniform(0.35, 0.7, (count, 1, 1))
    skins = np.broadcast_to(SKINS[:, None], kit.onset.shape)
    choices = np.stack(
        [
            np.ones_like(loud),
            skins & (kit.velocity > 0.25),
            np.broadcast_to(one[:, :, None], kit.onset.shape),
            loud,
            np.ones_like(loud),
            ~skins,
        ]
    )
    found: Flags = choices[way, np.arange(count)]
    return found
