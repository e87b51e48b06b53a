"""The denoiser's workshop: its commands, made of its modules."""

import msgspec
import torch

from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.diffusion.card import write_card
from export.diffusion.dataset import shelve
from export.diffusion.pack import write_pack
from export.diffusion.training import Recipe, Run, held_out
from export.workshop import Job

COMPARED = 48
"""Held-out windows on which the graph is compared with torch."""


class DiffusionWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train the denoiser, or go on where the file of weights holds a run; it may be stopped at any time."""
        torch.set_num_threads(job.threads)
        recipe = msgspec.structs.replace(Recipe(), minutes=job.minutes) if job.minutes else Recipe()
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        train, valid = self._pieces(job)
        last = Run(recipe, job.weights).go(shelve(train), shelve(valid))
        return f"{last['cell']:.3f} nats a cell on held-out windows, in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: graph, card and recipe."""
        _, valid = self._pieces(job)
        return f"{job.pack}: {write_pack(job.weights, job.pack, held_out(shelve(valid), COMPARED))}"

    def evaluate(self, job: Job) -> str:
        """Measure the pack on held-out pieces beside people, rules and the Transformer, and write CARD.md."""
        train, valid = self._pieces(job)
        known = held_out(shelve(valid))
        return write_card(bundles.find(job.data), train, valid, known, job.weights, job.pack)

    def _pieces(self, job: Job) -> tuple[list[Piece], list[Piece]]:
        return split(load_pieces(bundles.find(job.data).folder, job.cache))
