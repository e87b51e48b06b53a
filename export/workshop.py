"""What `antiphon-export` can do with each family: train, export and evaluate. A family is one row of the table."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from bridge.errors import DataError


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What a command was given; None or 0 where the family's own default holds."""

    data: Path | None = None
    cache: Path | None = None
    weights: Path
    pack: Path
    steps: int = 0
    minutes: float = 0.0
    threads: int = 1
    device: str = "cpu"
    preset: str = "cpu"
    prompts: int = 300


class Workshop(Protocol):
    """A family's training side. Every method returns what is to be printed, and raises an AntiphonError."""

    def train(self, job: Job) -> str:
        """Train, and keep the weights in the job's file."""
        ...

    def export(self, job: Job) -> str:
        """Write the pack from the weights; nothing is written where a graph differs from torch."""
        ...

    def evaluate(self, job: Job) -> str:
        """Measure the pack and write its CARD.md."""
        ...


def _lstm() -> Workshop:
    from export.lstm_workshop import LstmWorkshop

    return LstmWorkshop()


def _transformer() -> Workshop:
    from export.ensemble.workshop import EnsembleWorkshop

    return EnsembleWorkshop()


def _spectral() -> Workshop:
    from export.spectral.workshop import SpectralWorkshop

    return SpectralWorkshop()


def _gan() -> Workshop:
    from export.gan.workshop import GanWorkshop

    return GanWorkshop()


def _diffusion() -> Workshop:
    from export.diffusion.workshop import DiffusionWorkshop

    return DiffusionWorkshop()


def _cvae() -> Workshop:
    from export.cvae.workshop import CvaeWorkshop

    return CvaeWorkshop()


def _theory() -> Workshop:
    from export.theory.workshop import TheoryWorkshop

    return TheoryWorkshop()


class Place(msgspec.Struct, frozen=True):
    """Where a family's things are by default, and what opens its workshop."""

    weights: Path
    pack: Path
    open: Callable[[], Workshop]


FAMILIES = {
    "lstm": Place(Path("build/lstm.pt"), Path("models/lstm-melody"), _lstm),
    "transformer": Place(Path("build/ensemble.pt"), Path("models/ensemble"), _transformer),
    "theory-vae": Place(Path("build/theory-vae.pt"), Path("models/theory-vae"), _theory),
    "cvae": Place(Path("build/cvae.pt"), Path("models/cvae"), _cvae),
    "diffusion": Place(Path("build/diffusion.pt"), Path("models/diffusion"), _diffusion),
    "gan": Place(Path("build/groove-gan.pt"), Path("models/groove-gan"), _gan),
    "spectral": Place(Path("build/spectral.pt"), Path("models/spectral-texture"), _spectral),
}
"""Family name in pack.toml -> its workshop, which imports torch only when it is opened."""


def find(family: str) -> Place:
    """The place of a family. Raises DataError that names those there are."""
    if family not in FAMILIES:
        raise DataError(f"no family «{family}» can be trained here; choose {' or '.join(FAMILIES)}")
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("export").setLevel(logging.INFO)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    return FAMILIES[family]
