"""Windows of grooves as arrays, with the probability of drawing each in training."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.gan_rows import TAP, Hits, Row
from bridge.engine.window import STEPS
from export.gan.grooves import SIDES, Groove

Ints = NDArray[np.int64]
FILLS = 0.25
"""Share of the windows with a fill in training."""


class Deck(msgspec.Struct):
    """Windows as arrays: kit [N, 9, 32] of three, frame [N, 7, 32], genre [N], and the rhythm beside [M, 3, 32]."""

    source: tuple[str, ...]
    """Piece of each."""
    kit: Hits
    beside: Hits
    side: Ints
    """Row of `beside` for each window, -1 for none."""
    bar: Ints
    steps: Ints
    genre: Ints
    fills: Row
    """[N, 4], 1 for the bars that are fills."""
    weight: NDArray[np.float64]
    """Probability of drawing each; they sum to 1."""


def deck(grooves: Sequence[Groove], laid: Sequence[Groove], share: float = 0.25) -> Deck:
    """Windows of drums alone, and a share of those laid under pieces; within each, fills and beats by their FILLS, and
    a performance counts as the square root of its length."""
    every = [*grooves, *laid]
    sides = [groove.beside for groove in every if groove.beside is not None]
    number = iter(range(len(sides)))
    shares = (1.0 - share, share) if len(laid) else (1.0, 0.0)
    weights = [_weight(part, of) for part, of in zip((grooves, laid), shares, strict=True) if len(part)]
    return Deck(
        source=tuple(groove.source for groove in every),
        kit=_stack([groove.kit for groove in every]),
        beside=_stack(sides) if sides else Hits(*(np.zeros((0, len(SIDES), STEPS), np.float32) for _ in TAP)),
        side=np.array([-1 if groove.beside is None else next(number) for groove in every]),
        bar=np.array([groove.bar for groove in every]),
        steps=np.array([groove.steps for groove in every]),
        genre=np.array([groove.genre for groove in every]),
        fills=np.array([[float(bar in groove.fills) for bar in range(4)] for groove in every], np.float32),
        weight=np.concatenate(weights),
    )


def _weight(grooves: Sequence[Groove], share: float) -> NDArray[np.float64]:
    lengths: dict[str, int] = {}
    for groove in grooves:
        lengths[groove.source] = lengths.get(groove.source, 0) + 1
    weight = np.array([lengths[groove.source] ** -0.5 for groove in grooves])
    fill = np.array([bool(groove.fills) for groove in grooves])
    for part, wanted in ((fill, FILLS), (~fill, 1 - FILLS)):
        if part.any() and not part.all():
            weight[part] *= wanted / weight[part].sum()
    found: NDArray[np.float64] = weight / weight.sum() * share
    return found


def _stack(hits: Sequence[Hits]) -> Hits:
    return Hits(*(np.stack([getattr(each, name) for each in hits]) for name in TAP))
