"""The refrain: chords that come round again, as in a loop, foretold from what they were the last time round.

For every distance at which the beats of the bar lie alike there is an expert who says that all is as it was that long
ago; the foresight's network is one expert more. Each counts by how well it has foretold the beats so far (prediction
with expert advice, with forgetting; Herbster and Warmuth, 1998), and all have to earn their hearing against the
network, so that music which does not come round again is left to it.
"""

from collections import deque

import numpy as np

from bridge.music.recurrent import Floats

LONGEST = 64
"""Beats of the longest refrain."""
SHORTEST = 2
ALIKE = 4
"""Beats that must lie alike in their bars."""
DOUBT = -3.0
"""Nats by which a new expert counts less than the network."""
FADE = 0.5 ** (1 / 32)
"""What is left a beat later of what an expert has earned."""
LOOSE = 0.2
"""How far an expert is of the network's opinion."""
LEAST = 0.03
"""Share that even what is foretold wholly wrongly counts as."""
FLOOR = 1e-3
"""Chance below which the network's opinion is not told apart."""
HEARD = 0.7
"""Power of the refrain's word on a beat that is being heard."""
KEPT = 0.5
"""The same on one that is over, as it is remembered."""


WEAK = 0
HINDSIGHT = 1.0
"""Power of a weak beat's word on those before it."""
CHANGED = 0.05
"""What it leaves to a chord that it has not."""


class Refrain:
    """Remembers how likely each of S chords was in every beat.

    `before` [A, S] is always the network's opinion of the beat that comes or sounds, before anything of it was heard,
    and of those after it; `word` [A, S] is what `word` said to that.
    """

    def __init__(self) -> None:
        self._past: deque[Floats] = deque(maxlen=LONGEST)
        self._strengths: deque[int] = deque(maxlen=LONGEST + ALIKE)
        self._earned: dict[int, float] = {}
        """Beats back -> nats by which this expert has foretold better than the network."""

    def word(self, before: Floats, strength: int) -> Floats:
        """[A, S] by how much more likely each chord is than the network has it, as chords come round."""
        experts = self._experts(before, strength)
        if not experts:
            return np.ones_like(before)
        nats = np.array([0.0, *(DOUBT + self._earned.get(back, 0.0) for back in experts)], np.float32)
        weights = np.exp(nats - nats.max())
        mixed = np.tensordot(weights / weights.sum(), np.stack([before, *experts.values()]), 1)
        found = np.maximum(mixed, FLOOR) / np.maximum(before, FLOOR)
        return found.astype(np.float32)

    def fold(self, before: Floats, word: Floats, likely: Floats, strength: int) -> None:
        """A beat is over, of which the network says after all how likely each chord was [S]."""
        likely = _normal(likely * word[0] ** KEPT)
        plain = _nats(before[0], likely)
        self._earned = {back: FADE * nats for back, nats in self._earned.items()}
        for back, foretold in self._experts(before, strength).items():
            self._earned[back] = self._earned.get(back, 0.0) + _nats(foretold[0], likely) - plain
        if strength == WEAK:
            self._look_back(likely)
        self._keep(likely, strength)

    def rest(self, before: Floats, word: Floats, strength: int) -> None:
        """A beat is over in which nothing was heard: it is remembered as it was foretold."""
        self._keep(_normal(before[0] * word[0]), strength)

    def forget(self) -> None:
        """Nothing has been heard."""
        self._past.clear()
        self._strengths.clear()
        self._earned.clear()

    def _look_back(self, likely: Floats) -> None:
        """A weak beat says what the chord was since the last strong one, too: few chords change on it."""
        for number in range(len(self._past) - 1, -1, -1):
            self._past[number] = _normal(self._past[number] * (likely + CHANGED) ** HINDSIGHT)
            if self._strengths[number - len(self._past)] != WEAK:
                return

    def _keep(self, likely: Floats, strength: int) -> None:
        self._past.append(likely)
        self._strengths.append(strength)

    def _experts(self, before: Floats, strength: int) -> dict[int, Floats]:
        """Beats back -> [A, S] what is foretold if all is as it was then."""
        count, strengths = len(self._past), [*self._strengths, strength]
        backs = [back for back in range(SHORTEST, count + 1) if _alike(strengths, back)]
        if not backs:
            return {}
        ahead, back = np.arange(len(before)), np.array(backs)[:, None]
        then = np.stack(self._past)[count - back + ahead % back]
        foretold = np.float32(1 - LOOSE) * then + np.float32(LOOSE) * before
        return dict(zip(backs, foretold, strict=True))


def _alike(strengths: list[int], back: int) -> bool:
    """Whether the last beats lie in their bars as those so far back do."""
    looks, end = min(ALIKE, len(strengths) - back), len(strengths)
    return strengths[end - looks :] == strengths[end - looks - back : end - back]


def temper(likely: Floats, word: Floats) -> Floats:
    """What is likely [A, S], where some of the first beat is heard, with the refrain's word on it."""
    return _normal(np.concatenate([likely[:1] * word[:1] ** HEARD, likely[1:] * word[1:]]))


def _nats(foretold: Floats, likely: Floats) -> float:
    return float(np.log(foretold @ likely + LEAST))


def _normal(chances: Floats) -> Floats:
    found: Floats = chances / chances.sum(-1, keepdims=True)
    return found
