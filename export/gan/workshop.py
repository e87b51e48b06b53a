"""The groove GAN's workshop: its commands, made of its modules."""

import msgspec
import torch

from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.gan.card import write_card
from export.gan.deck import Deck, deck
from export.gan.grooves import alone, labels, laid_under
from export.gan.pack import write_pack
from export.gan.training import Recipe, Run
from export.workshop import Job


class GanWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train drummer and judge, or go on where the file of weights holds a run; it may be stopped at any time."""
        torch.set_num_threads(job.threads)
        recipe = msgspec.structs.replace(Recipe(), minutes=job.minutes) if job.minutes else Recipe()
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        run = Run(recipe, job.weights)
        found = run.go(*self._decks(job))
        return f"{run.step} steps in {run.minutes:.0f} minutes, {found['nats']:.4f} nats a cell, in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: two graphs, card and recipe."""
        _, held_out = self._decks(job)
        return f"{job.pack}: {write_pack(job.weights, job.pack, held_out)}"

    def evaluate(self, job: Job) -> str:
        """Measure drummer and judge on held-out drummers against baselines, and write CARD.md."""
        return write_card(bundles.find(job.data), *self._decks(job), job.weights, job.pack)

    def _decks(self, job: Job) -> tuple[Deck, Deck]:
        """Training windows with those laid under pieces, and the held-out windows of drums alone."""
        bundle = bundles.find(job.data)
        label = labels(bundle)
        train, valid = split(load_pieces(bundle.folder, job.cache))
        grooves, held_out = (alone(_performances(part), label.__getitem__) for part in (train, valid))
        return deck(grooves, laid_under(train)), deck(held_out, [])


def _performances(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.set == "groove"]
