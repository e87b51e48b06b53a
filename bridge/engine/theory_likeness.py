"""How much of a phrase comes again, told by its notes, and ideas whose notes come again as another's do."""

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from bridge.engine.theory_idea import Idea, Prior, exchanged
from bridge.engine.theory_layout import BARS, LEAD_SIZE, ONSET, Page, used

TRIES = 2
"""Further phrases that are decoded on the way to one that repeats as it is to."""
STEP = 2.0
"""How far the first of them goes for what is missing."""
NEAR = 0.02
"""Difference of repetition that is none."""
LINE = LEAD_SIZE + 8
"""Pitches that a line is told apart by, beside none."""


def repetition(page: Page) -> float:
    """How much later bars repeat earlier ones, 0 to 1: of each of the last three, how alike it is to the bar before it
    that it is most like, the mean of melody, rhythm and harmony, so far as there is any."""
    there = used(page.bar)
    onsets = (page.states == ONSET) & there
    line = _told(page.lead) & there[:, None]
    voiced = np.concatenate([page.chords, _told(page.bass)], -1) & there[:, None]
    rhythm = onsets.reshape(len(onsets), BARS, -1).swapaxes(0, 1)
    kinds = [(line, page.lead.any()), (rhythm, onsets.any()), (voiced, page.chords.any() or page.bass.any())]
    scores = [_alike(kind.reshape(BARS, -1)) for kind, sounds in kinds if sounds]
    if not scores:
        return 0.0
    mean = np.mean(scores, 0)
    return float(np.mean([mean[bar, :bar].max() for bar in range(1, BARS)]))


def formed(
    own: Idea, theirs: Idea, keep: Collection[str], prior: Prior, fresh: Idea, decode: Callable[[Idea], Page]
) -> Idea:
    """See `exchanged`: with as much coming again in its notes as in those of the idea that its structure is from."""
    found = exchanged(own, theirs, keep, prior, fresh)
    if "structure" not in keep:
        return found
    aim = repetition(decode(theirs))
    at, miss = 0.0, aim - repetition(decode(found))
    best, least, slope = found, abs(miss), STEP
    for _ in range(TRIES):
        if abs(miss) < NEAR:
            break
        before, there = at, miss
        at = float(np.clip(at + slope * miss, -1.0, 1.0))
        found = exchanged(own, theirs, keep, prior, fresh, at)
        miss = aim - repetition(decode(found))
        if abs(miss) < least:
            best, least = found, abs(miss)
        gained = there - miss
        slope = (at - before) / gained if abs(gained) > NEAR / 2 and (at - before) * gained > 0 else slope
    return best


def _told(line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[64, LINE] which pitch a line has, counted from 1; none where it is 0."""
    found: NDArray[np.bool_] = line[:, None] == np.arange(1, LINE + 1)
    return found


def _alike(bars: NDArray[np.bool_]) -> NDArray[np.float64]:
    """[4, 4] overlap (F1) of each two bars [4, K]."""
    each = bars.astype(np.float64)
    count = each.sum(-1)
    found: NDArray[np.float64] = 2 * (each @ each.T) / np.maximum(count[:, None] + count, 1.0)
    return found
