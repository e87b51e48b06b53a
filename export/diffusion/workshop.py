"""The denoiser's workshop: its commands, made of its modules."""

import msgspec
import torch

from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.diffusion.card import write_card
from export.diffusion.dataset import shelve
from export.diffusion.pack import student_file, write_pack
from export.diffusion.student import Lesson, teach
from export.diffusion.training import Recipe, Run, held_out
from export.workshop import Job

STUDENT = "student"
COMPARED = 48
"""Held-out windows on which the graph is compared with torch."""


class DiffusionWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train the denoiser, or go on where the file of weights holds a run; it may be stopped at any time.

        With the preset `student` that run is the teacher, and the student goes into a file beside it.
        """
        torch.set_num_threads(job.threads)
        if job.preset == STUDENT:
            return self._teach(job)
        recipe = msgspec.structs.replace(Recipe(), minutes=job.minutes) if job.minutes else Recipe()
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        train, valid = self._pieces(job)
        last = Run(recipe, job.weights).go(shelve(train), shelve(valid))
        return f"{last['cell']:.3f} nats a cell on held-out windows, in {job.weights}"

    def _teach(self, job: Job) -> str:
        lesson = msgspec.structs.replace(Lesson(), minutes=job.minutes) if job.minutes else Lesson()
        train, valid = self._pieces(job)
        place = student_file(job.weights)
        return f"{teach(job.weights, shelve(train), shelve(valid), lesson, place)}, in {place}"

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
