"""The texture's workshop: its commands, made of its modules."""

import msgspec
import torch

from export.data import bundle as bundles
from export.spectral import store
from export.spectral.card import write_card
from export.spectral.clip import Clip
from export.spectral.pack import write_pack
from export.spectral.training import Recipe, train
from export.workshop import Job


class SpectralWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train the texture, or go on where the file of weights holds a run that was not ended."""
        torch.set_num_threads(job.threads)
        recipe = msgspec.structs.replace(Recipe(), minutes=job.minutes) if job.minutes else Recipe()
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        clips, _ = self._clips(job)
        story = train(clips, recipe, job.weights)
        return f"{story['step']} steps in {story['minutes']:.1f} minutes, in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: graphs, sounds, card and recipe."""
        return f"{job.pack}: {write_pack(job.weights, job.pack, *self._clips(job))}"

    def evaluate(self, job: Job) -> str:
        """Measure the pack on held-out sounds, and write CARD.md."""
        torch.set_num_threads(1)
        return write_card(bundles.find(job.data), *self._clips(job), job.weights, job.pack)

    def _clips(self, job: Job) -> tuple[list[Clip], list[Clip]]:
        return store.split(store.load(bundles.find(job.data), job.cache))
