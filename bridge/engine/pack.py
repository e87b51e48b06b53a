"""A pack on disk: `pack.toml`, its ONNX files and their hashes. A pack is data: nothing in it is executed."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from bridge.errors import PackError
from bridge.music.note import Voice

SCHEMA = 1
LIMIT_BYTES = 512 * 1024 * 1024
"""No file of a pack may claim to be larger."""


class File(msgspec.Struct, frozen=True):
    """One ONNX file: path inside the pack, SHA-256 in hex, and the providers it is for."""

    path: str
    sha256: str
    providers: tuple[str, ...] = ("cpu", "cuda", "coreml")


class Knob(msgspec.Struct, frozen=True):
    """A control of the model, in natural units."""

    name: str
    minimum: float
    maximum: float
    default: float
    unit: str
    does: str


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`pack.toml`, read and checked."""

    schema: int
    name: str
    family: str
    version: str
    title: str
    licence: str
    voices: tuple[Voice, ...]
    graphs: dict[str, tuple[File, ...]]
    """Graph name (`step`, `encode`, ...) -> the file to use for each provider."""
    knobs: tuple[Knob, ...] = ()
    codec: dict[str, Any] = {}
    """What the family's codec needs (vocabulary sizes, grid); checked by the family."""
    model: dict[str, int] = {}
    """Sizes of the model (layers, hidden); checked against the graphs by the family."""
    context_beats: float = 64.0
    span_beats: float = 16.0


class Pack:
    """A pack whose card is sound and whose files have the hashes the card says."""

    def __init__(self, folder: Path, card: Card) -> None:
        self.folder = folder
        self.card = card

    @classmethod
    def load(cls, folder: Path) -> "Pack":
        """Read and check the pack in `folder`. Raises PackError with what is wrong and what to do."""
        card = read_card(folder)
        for graph, files in card.graphs.items():
            if not files:
                raise PackError(f"{folder.name}: graph «{graph}» names no file; get the pack again")
            for file in files:
                _check(folder, file)
        return cls(folder, card)

    def graph(self, name: str, provider: str) -> Path:
        """Path of a graph's file for "cpu", "cuda" or "coreml". Raises PackError if there is none."""
        for file in self.card.graphs.get(name, ()):
            if provider in file.providers:
                return self.folder / file.path
        raise PackError(f"{self.card.name}: no «{name}» graph for {provider}; choose another provider")


def read_card(folder: Path) -> Card:
    """Read `pack.toml` without looking at the files it names. Raises PackError."""
    path = folder / "pack.toml"
    try:
        card = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Card)
    except FileNotFoundError:
        raise PackError(f"no pack in {folder}: it has no pack.toml; `antiphon models` lists the packs") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PackError(f"{path}: {error}; get the pack again") from None
    if card.schema != SCHEMA:
        raise PackError(f"{path}: schema {card.schema}, but this Antiphon reads {SCHEMA}; update one of them")
    return card


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(folder: Path, file: File) -> None:
    path = folder / file.path
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PackError(f"{folder.name}: {file.path} lies outside the pack; do not use this pack")
    try:
        size = path.stat().st_size
    except OSError:
        raise PackError(f"{folder.name}: {file.path} is missing; get the pack again") from None
    if size > LIMIT_BYTES:
        raise PackError(f"{folder.name}: {file.path} has {size} bytes, more than {LIMIT_BYTES}; not a pack of ours")
    if digest(path) != file.sha256:
        raise PackError(f"{folder.name}: {file.path} is damaged (its SHA-256 is not the card's); get the pack again")
