"""The melody LSTM's workshop: its commands, made of its modules."""

import msgspec
import torch

from export.data import bundle as bundles
from export.data import corpus
from export.data.melody import Melody
from export.evaluate.card import write_card
from export.pack import write_pack
from export.train import Recipe, held_out, train
from export.workshop import Job


class LstmWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train the melody LSTM and keep the weights that are best on held-out melodies."""
        torch.set_num_threads(job.threads)
        recipe = msgspec.structs.replace(Recipe(), steps=job.steps) if job.steps else Recipe()
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        best = train(*self._melodies(job), recipe, job.weights)
        return f"best at step {best['step']:.0f}: {best['note']:.3f} nats a note, in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: graph, card and recipe."""
        _, valid = self._melodies(job)
        return f"{job.pack}: {write_pack(job.weights, job.pack, held_out(valid))}"

    def evaluate(self, job: Job) -> str:
        """Measure the pack against baselines and humans, and write CARD.md."""
        bundle = bundles.find(job.data)
        train, valid = corpus.split(corpus.load(bundle, job.cache))
        return write_card(bundle, train, valid, job.weights, job.pack, job.prompts)

    def _melodies(self, job: Job) -> tuple[list[Melody], list[Melody]]:
        return corpus.split(corpus.load(bundles.find(job.data), job.cache))
