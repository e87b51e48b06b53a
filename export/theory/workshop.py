"""The music-theory VAE's workshop: its commands, made of its modules."""

import msgspec
import numpy as np
import torch

from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.theory.card import HUMAN, write_card
from export.theory.examples import examples
from export.theory.judging import spread
from export.theory.pack import write_pack
from export.theory.phrases import shelve
from export.theory.training import Recipe, Run
from export.workshop import Job

MOST = 24
"""Phrases of one piece at most that a run is given."""
MEASURED = 256
"""Held-out phrases by which it is measured how latents come again; a few of them compare the graphs with torch."""
FITTED = 60
"""Held-out phrases that the knobs are fitted on."""


class TheoryWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train, or go on where the file of weights holds a run; it may be stopped at any time."""
        torch.set_num_threads(job.threads)
        recipe = msgspec.structs.replace(Recipe(), minutes=job.minutes) if job.minutes else Recipe()
        train, _ = self._pieces(job)
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        run = Run(recipe, job.weights)
        means = run.go(shelve(train, MOST))
        return f"{means['total']:.2f} after {run.step} steps, {run.minutes:.0f} minutes of processor, in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: three graphs, card with fitted knobs, and recipe."""
        _, valid = self._pieces(job)
        shelf = shelve(valid, 2)
        rows = np.random.default_rng(1).choice(len(shelf), min(len(shelf), MEASURED), replace=False)
        # The knobs are fitted on other pieces than the card judges them by; what is human all of them say.
        few, human = examples(valid[1::2], FITTED), spread(examples(valid, HUMAN))
        return f"{job.pack}: {write_pack(job.weights, job.pack, shelf.batch(rows), few, human)}"

    def evaluate(self, job: Job) -> str:
        """Measure the pack on held-out pieces, and write CARD.md."""
        _, valid = self._pieces(job)
        return write_card(bundles.find(job.data), valid, job.weights, job.pack)

    def _pieces(self, job: Job) -> tuple[list[Piece], list[Piece]]:
        return split(load_pieces(bundles.find(job.data).folder, job.cache))
