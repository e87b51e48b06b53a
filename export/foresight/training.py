"""Training the foresight: stretches of pieces as a player might play them, now and then heard in a wrong key."""

import logging
import time
from collections.abc import Sequence

import msgspec
import numpy as np
import torch

from bridge.music.foresight import PLACE, STATE_KINDS, STATES, place
from export.foresight.beats import TICKS, Beats, Floats, Ints, heard
from export.foresight.net import Batch, Net, loss

log = logging.getLogger(__name__)

WEIGHTS = {
    "lieder": 0.7, "freedoom": 0.6, "openhymnal": 2.0, "ewld_pd": 2.0, "nottingham": 1.5, "mutopia": 0.7,
    "quartets": 0.3, "billboard": 1.2, "rock200": 1.5, "wjd": 0.7, "moods": 1.0,
}  # fmt: skip
"""How much each set counts beside the length of its pieces."""
MOST = 400
"""Beats of a piece beyond which it counts no more."""
RELATED = (3, 9, 5, 7)
"""Semitones to the keys that are most easily taken for one another."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How the network is trained."""

    seed: int = 7
    minutes: float = 20.0
    """Of one processor thread."""
    rows: int = 48
    length: int = 192
    """Beats of a stretch."""
    rate: float = 3e-3
    warm_up: int = 100
    fall: float = 0.6
    """Share of the time in which the rate falls to nothing."""
    weight_decay: float = 0.03
    loose: float = 0.1
    """Share of the numbers that are left out (dropout)."""
    smoothing: float = 0.02
    chordal: float = 0.25
    """Share of the stretches in which the player has the accompaniment under the hands, too."""
    misheard: float = 0.15
    """Share of those in which the key is another one, or the mode."""
    loosely: float = 0.5
    """Share of those that are played off the grid."""
    stray: float = 1.0
    """Ticks that such notes lie off it (standard deviation)."""


class Stretches:
    """Draws batches of stretches."""

    def __init__(self, pieces: Sequence[Beats], recipe: Recipe) -> None:
        self._pieces = pieces
        self._recipe = recipe
        self._random = np.random.default_rng(recipe.seed)
        weights = np.array([WEIGHTS.get(p.set, 1.0) * min(len(p.states), MOST) ** 0.7 for p in pieces])
        self._chances = weights / weights.sum()

    def batch(self) -> Batch:
        """Stretches by chance, ends filled with silence that counts for nothing."""
        recipe = self._recipe
        drawn = self._random.choice(len(self._pieces), recipe.rows, p=self._chances)
        whole = np.zeros((recipe.rows, recipe.length, PLACE), np.float32)
        part = np.zeros_like(whole)
        through = np.zeros((recipe.rows, recipe.length, 1), np.float32)
        states = np.full((recipe.rows, recipe.length), -1)
        for row, piece in enumerate(drawn):
            self._fill(self._pieces[piece], whole[row], part[row], through[row], states[row])
        return Batch(*map(torch.from_numpy, (whole, part, through, states)))

    def _fill(self, piece: Beats, whole: Floats, part: Floats, through: Floats, states: Ints) -> None:
        random, recipe = self._random, self._recipe
        latest = max(len(piece.states) - recipe.length, 0)
        first = int(random.integers(0, latest + 1)) if random.random() < 0.5 else 0
        count = min(len(piece.states) - first, recipe.length)
        up, mode = self._misheard(piece.mode)
        notes = self._played(piece, first * TICKS)
        ticks = random.integers(0, 5, count) * (TICKS // 4)
        tonic = piece.tonic + up
        found = piece.states[first : first + count]
        strengths = piece.strengths[first : first + count]
        whole[:count] = place(heard(notes, tonic, np.full(count, TICKS)), strengths, mode)
        part[:count] = place(heard(notes, tonic, ticks), strengths, mode)
        through[:count, 0] = ticks / TICKS
        states[:count] = np.where(found >= 0, (found - len(STATE_KINDS) * up) % STATES, -1)

    def _misheard(self, mode: int) -> tuple[int, int]:
        """Semitones by which the tonic is taken wrongly, and the mode that is heard."""
        random = self._random
        if random.random() >= self._recipe.misheard:
            return 0, mode
        up = int(random.choice((*RELATED, int(random.integers(12)))))
        return up, mode if random.random() < 0.5 else 1 - mode

    def _played(self, piece: Beats, start: int) -> Ints:
        """The notes that the player plays from a tick on."""
        random, recipe = self._random, self._recipe
        notes = (piece.notes if random.random() < recipe.chordal else piece.melody).copy()
        notes[:, 1] -= start
        if random.random() < recipe.loosely:
            notes[:, 1] += np.round(random.normal(0.0, recipe.stray, len(notes))).astype(np.int64)
        if random.random() < 0.3:
            notes[:, 3] += int(random.choice([-12, 12]))
        return notes


def train(pieces: Sequence[Beats], recipe: Recipe) -> Net:
    """A network that has learnt from some pieces."""
    torch.manual_seed(recipe.seed)
    net, stretches = Net(loose=recipe.loose), Stretches(pieces, recipe)
    optimiser = torch.optim.AdamW(net.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
    began, step, mean = time.process_time(), 0, float("nan")
    while (done := (time.process_time() - began) / 60 / recipe.minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * min((step + 1) / recipe.warm_up, (1 - done) / recipe.fall, 1.0)
        batch = stretches.batch()
        found = loss(net(batch), batch.states, recipe.smoothing)
        optimiser.zero_grad()
        found.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        step += 1
        mean = found.item() if step == 1 else 0.98 * mean + 0.02 * found.item()
        if step % 100 == 0:
            log.info("step %d, %.0f %%: loss %.3f", step, 100 * done, mean)
    net.eval()
    return net
