"""A pack on disk: `pack.toml`, its ONNX files and their hashes. A pack is data: nothing in it is executed.

Whoever made it is not trusted: everything it claims is checked before anything is allocated or opened for it.
"""

import hashlib
import math
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from bridge.engine.outline import outline
from bridge.errors import PackError
from bridge.music.note import Voice

SCHEMA = 1
LIMIT_BYTES = 512 * 1024 * 1024
"""No file of a pack, and no tensor of a graph, may claim to be larger."""
LIMIT_TOTAL = 2 * 1024 * 1024 * 1024
"""Nor all files of a pack together."""
LIMIT_CARD = 256 * 1024
"""Bytes of a `pack.toml` at most."""
LIMIT_SIZE = 1 << 20
"""No layer count, width or length of a model is larger."""
LIMIT_BEATS = 4096.0
"""No context or span is longer."""
SOUNDING = frozenset({"spectral"})
"""Families whose packs make sound and play no voice."""


class Weights(msgspec.Struct, frozen=True):
    """A file that an ONNX file draws its weights from: path inside the pack, and SHA-256 in hex."""

    path: str
    sha256: str


class File(msgspec.Struct, frozen=True):
    """One ONNX file: path inside the pack, SHA-256 in hex, the providers it is for, and the files it draws on."""

    path: str
    sha256: str
    providers: tuple[str, ...] = ("cpu", "cuda", "coreml")
    weights: tuple[Weights, ...] = ()


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
        sizes: dict[PurePosixPath, int] = {}
        for graph, files in card.graphs.items():
            if not files:
                raise PackError(f"{folder.name}: graph «{graph}» names no file; get the pack again")
            for file in files:
                parts: list[File | Weights] = [file, *file.weights]
                for each in parts:
                    sizes[PurePosixPath(each.path)] = _size(folder, each.path)
                total = sum(sizes.values())
                if total > LIMIT_TOTAL:
                    raise PackError(f"{folder.name}: {total} bytes, more than {LIMIT_TOTAL}; not a pack of ours")
                for each in parts:
                    _check_hash(folder, each)
                _check_claims(folder, file, sizes)
        return cls(folder, card)

    def graph(self, name: str, provider: str) -> Path:
        """Path of a graph's file for "cpu", "cuda" or "coreml": of several, the one made for the fewest.

        Raises PackError if there is none.
        """
        fit = [file for file in self.card.graphs.get(name, ()) if provider in file.providers]
        if fit:
            return self.folder / min(fit, key=lambda file: len(file.providers)).path
        raise PackError(f"{self.card.name}: no «{name}» graph for {provider}; choose another provider")


def read_card(folder: Path) -> Card:
    """Read `pack.toml` without looking at the files it names. Raises PackError."""
    path = folder / "pack.toml"
    try:
        if path.stat().st_size > LIMIT_CARD:
            raise PackError(f"{path}: more than {LIMIT_CARD} bytes; not a pack of ours")
        card = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Card)
    except FileNotFoundError:
        raise PackError(f"no pack in {folder}: it has no pack.toml; `antiphon models` lists the packs") from None
    except RecursionError:
        raise PackError(f"{path}: tables within tables without end; not a pack of ours") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PackError(f"{path}: {error}; get the pack again") from None
    if card.schema != SCHEMA:
        raise PackError(f"{path}: schema {card.schema}, but this Antiphon reads {SCHEMA}; update one of them")
    for wrong in _wrong(card):
        raise PackError(f"{path}: {wrong}; get the pack again")
    return card


def pack_sha(folder: Path) -> str:
    """What tells one pack from another: SHA-256 of its card, which names the hashes of its files; "" for no pack."""
    try:
        return digest(folder / "pack.toml")
    except OSError:
        return ""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wrong(card: Card) -> Iterator[str]:
    """What in a card cannot be meant, in words."""
    texts = [card.name, card.family, card.version, card.title, card.licence, *(knob.name for knob in card.knobs)]
    for file in (file for files in card.graphs.values() for file in files):
        texts += [file.path, *(weights.path for weights in file.weights)]
    if not all(text and text.isprintable() for text in texts) or len(card.name) > 64:
        yield "a name, title or path that is empty, too long, or holds control characters"
    if (not card.voices and card.family not in SOUNDING) or len(set(card.voices)) < len(card.voices):
        yield "no voices, or one of them twice"
    if not all(0 <= size <= LIMIT_SIZE for size in card.model.values()):
        yield f"a model size that is not within 0 and {LIMIT_SIZE}"
    if not all(0.0 < beats <= LIMIT_BEATS for beats in (card.context_beats, card.span_beats)):
        yield f"a context or span that is not within 0 and {LIMIT_BEATS:g} beats"
    for knob in card.knobs:
        finite = all(map(math.isfinite, (knob.minimum, knob.maximum, knob.default)))
        if not finite or not knob.minimum <= knob.default <= knob.maximum:
            yield f"knob «{knob.name}» has no sound range and default"


def _size(folder: Path, name: str) -> int:
    """Bytes of a file that lies inside the pack. Raises PackError."""
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        found = path.stat() if inside else None
    except OSError:
        raise PackError(f"{folder.name}: {name} is missing; get the pack again") from None
    if found is None:
        raise PackError(f"{folder.name}: {name} lies outside the pack; do not use this pack")
    if not stat.S_ISREG(found.st_mode):
        raise PackError(f"{folder.name}: {name} is no plain file; do not use this pack")
    if found.st_size > LIMIT_BYTES:
        raise PackError(f"{folder.name}: {name} has {found.st_size} bytes, more than {LIMIT_BYTES}; not a pack of ours")
    return found.st_size


def _check_hash(folder: Path, file: File | Weights) -> None:
    if digest(folder / file.path) != file.sha256:
        raise PackError(f"{folder.name}: {file.path} is damaged (its SHA-256 is not the card's); get the pack again")


def _check_claims(folder: Path, file: File, sizes: dict[PurePosixPath, int]) -> None:
    """What the ONNX file draws on is listed and large enough, and what it claims to hold is not absurd."""
    found = outline(folder / file.path)
    if found.largest > LIMIT_BYTES:
        raise PackError(
            f"{folder.name}: {file.path} claims a tensor of {found.largest / 2**30:.1f} GB, more than "
            f"{LIMIT_BYTES / 2**30:.1f}; not a pack of ours"
        )
    listed = {PurePosixPath(weights.path) for weights in file.weights}
    beside = PurePosixPath(file.path).parent
    for external in found.external:
        place = beside / external.location
        if place not in listed:
            raise PackError(
                f"{folder.name}: {file.path} draws on the file «{external.location[:80]!a}», which its card does not "
                "list; do not use this pack"
            )
        if external.end > sizes[place]:
            raise PackError(f"{folder.name}: {place} is shorter than {file.path} needs; get the pack again")
