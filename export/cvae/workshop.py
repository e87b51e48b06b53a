"""The conditional VAE's workshop: its commands, made of its modules."""

import msgspec
import torch

from bridge.errors import DataError
from export.cvae.card import write_card
from export.cvae.effects import write_effects
from export.cvae.examples import Examples, examples
from export.cvae.pack import write_pack
from export.cvae.training import Recipe, Run
from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.workshop import Job

HELD_OUT = 16
"""Windows of a held-out piece at most."""
JUDGED = 4
"""Windows of a training piece at most that the judge of style learns from."""


class CvaeWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train the model, or go on where the file of weights holds a run; it may be stopped at any time."""
        if job.device != "cpu":
            raise DataError("the conditional VAE is trained on the CPU; leave out --device")
        torch.set_num_threads(job.threads)
        recipe = Recipe()
        if job.minutes:
            recipe = msgspec.structs.replace(recipe, minutes=job.minutes)
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        train, valid = self._pieces(job)
        found = Run(recipe, job.weights).go(examples(train), held_out(valid))
        told = ", ".join(f"{name} {value:.1f}" for name, value in found.items())
        return f"on held-out windows: {told}; in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: four graphs, card and recipe."""
        _, valid = self._pieces(job)
        windows = held_out(valid)
        parity = write_pack(job.weights, job.pack, windows)
        write_effects(job.pack, windows)
        return f"{job.pack}: {parity}"

    def evaluate(self, job: Job) -> str:
        """Measure the pack on held-out pieces and by what it plays, and write CARD.md."""
        torch.set_num_threads(job.threads)
        train, valid = self._pieces(job)
        learnt = examples(train, most=JUDGED, astray=0.0)
        return write_card(bundles.find(job.data), learnt, held_out(valid), job.weights, job.pack, len(train))

    def _pieces(self, job: Job) -> tuple[list[Piece], list[Piece]]:
        return split(load_pieces(bundles.find(job.data).folder, job.cache))


def held_out(valid: list[Piece]) -> Examples:
    """The windows of held-out pieces, their keys as written."""
    return examples(valid, most=HELD_OUT, astray=0.0)
