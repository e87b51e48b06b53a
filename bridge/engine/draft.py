"""What of a plan still fits what has been played since it was made, so that a new plan does not flicker.

The idea is speculative decoding's (Leviathan et al., 2023): what was drawn before is judged in one reading by the model
as it stands now, and only what has become unlikely is drawn again. Judged is the pitch, in its time and voice: a voice
keeps its plan up to the first note whose pitch has become `PATIENCE` nats less likely than it was, and the other
voices keep theirs. That tells little of the player: planned notes carry one another. Where the player leaves what
was expected (`bridge.engine.startle`) the pitched voices' plan is given up whatever it says here.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import Part
from bridge.engine.writer import Fixed

PATIENCE = 2.0
"""Nats that a pitch may lose before its note is given up."""
PLAUSIBLE = 2.5
"""Nats below the likeliest pitch within which a note always stays."""

Key = tuple[Part, int, int]


def key(fixed: Fixed) -> Key:
    """What tells a planned note from others: part, tick and pitch."""
    return fixed.part, fixed.tick, fixed.note.pitch


def broken(
    draft: Sequence[Fixed],
    log_prob: NDArray[np.float32],
    likeliest: NDArray[np.float32],
    before: Mapping[Key, float],
    pitches: NDArray[np.bool_],
) -> dict[Part, int]:
    """The tick from which on each part has to be made up anew; parts that keep all their notes are not in it.

    `log_prob` and `likeliest` [N] are of the notes' pitches as the model stands now, `before` holds what they were,
    `pitches` [7, 128] is what may be played at all.
    """
    found: dict[Part, int] = {}
    for fixed, now, best in zip(draft, log_prob, likeliest, strict=True):
        if fixed.part in found:
            continue
        was = before.get(key(fixed), float(best))
        was = float(best) if math.isnan(was) else was
        fits = now >= was - PATIENCE or now >= best - PLAUSIBLE
        if not fits or not pitches[fixed.part, fixed.note.pitch]:
            found[fixed.part] = fixed.tick
    return found
