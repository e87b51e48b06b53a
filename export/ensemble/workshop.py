"""The accompanist's workshop: its commands, made of its modules."""

import msgspec
import torch

from bridge.errors import DataError
from export.data import bundle as bundles
from export.data.piece import Piece, load_pieces, split
from export.ensemble.card import write_card
from export.ensemble.chances import CHARTED
from export.ensemble.pack import write_pack
from export.ensemble.training import PRESETS, Run, held_out
from export.families.transformer import Sheet
from export.workshop import Job


class EnsembleWorkshop:
    """See `export.workshop.Workshop`."""

    def train(self, job: Job) -> str:
        """Train the accompanist, or go on where the file of weights holds a run; it may be stopped at any time."""
        if job.preset not in PRESETS:
            raise DataError(f"no preset «{job.preset}»; choose {' or '.join(PRESETS)}")
        if job.device == "cuda" and not torch.cuda.is_available():
            raise DataError("no CUDA device is found here; leave out --device, or train where there is one")
        torch.set_num_threads(job.threads)
        recipe = PRESETS[job.preset]
        if job.minutes:
            recipe = msgspec.structs.replace(recipe, minutes=job.minutes)
        job.weights.parent.mkdir(parents=True, exist_ok=True)
        last = Run(recipe, job.weights, job.device).go(*self._pieces(job))
        note, minutes = last["note"], last["minutes"]
        return f"{note:.3f} nats a band note on held-out pieces after {minutes:.0f} minutes, in {job.weights}"

    def export(self, job: Job) -> str:
        """Write the pack: two graphs with shared weights, card and recipe."""
        _, valid = self._pieces(job)
        return f"{job.pack}: {write_pack(job.weights, job.pack, longest(held_out(valid, 512, CHARTED)))}"

    def evaluate(self, job: Job) -> str:
        """Measure the model on held-out pieces against a baseline, and write CARD.md."""
        train, valid = self._pieces(job)
        return write_card(bundles.find(job.data), train, valid, job.weights, job.pack)

    def _pieces(self, job: Job) -> tuple[list[Piece], list[Piece]]:
        return split(load_pieces(bundles.find(job.data).folder, job.cache))


def longest(sheets: list[Sheet]) -> Sheet:
    """The stream with the most events."""
    return max(sheets, key=lambda sheet: sheet.events.shape[1])
