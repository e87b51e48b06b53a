"""All pieces of the bundle as one table, cached so that a second run starts at once."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import platformdirs

from bridge.errors import DataError
from export.data.bundle import Bundle
from export.data.drummer import Drummer
from export.data.piece import Piece
from export.data.report import Skip
from export.data.sets import READERS

CODE = (
    "export/data", "bridge/music/harmony.py", "bridge/music/chord.py", "bridge/music/arranger.py",
    "bridge/music/arranger_styles.py", "bridge/music/arranger_voicing.py", "bridge/music/arranger_tune.py",
    "bridge/engine/grid.py",
)  # fmt: skip
"""Code that the pieces follow from; a cache made by other code is not used."""
Step = Callable[[str], None]


class Table(msgspec.Struct):
    """Pieces, and what was skipped."""

    pieces: list[Piece]
    skips: list[Skip]


def load(bundle: Bundle, cache: Path | None = None, step: Step | None = None) -> Table:
    """Every piece of every set; `step` hears of each set once it is read. Raises DataError where a set gives none."""
    file = cache_file(cache, f"{code_digest()}{sorted(bundle.sums().items())}")
    if file.is_file():
        return decode(file.read_bytes())
    found: list[Piece | Skip] = []
    for name, reader in READERS.items():
        here = list(reader(bundle))
        if not any(isinstance(item, Piece) for item in here):
            raise DataError(f"no pieces found in {name}; get the data bundle again")
        found += here
        if step is not None:
            step(name)
    table = finished(found)
    store(file, table)
    return table


def finished(found: Sequence[Piece | Skip]) -> Table:
    """What readers found, with human drumming laid under the pieces that have use for it."""
    pieces = [item for item in found if isinstance(item, Piece)]
    drummer = Drummer([piece for piece in pieces if piece.set == "groove"])
    return Table([drummer.join(piece) for piece in pieces], [item for item in found if isinstance(item, Skip)])


def cache_file(cache: Path | None, content: str) -> Path:
    """The cache file of a table that follows from `content`."""
    folder = cache or Path(platformdirs.user_cache_dir("antiphon"))
    return folder / f"pieces-{hashlib.sha256(content.encode()).hexdigest()[:16]}.msgpack"


def store(file: Path, table: Table) -> None:
    """Write a table to a file, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(encode(table))
    part.replace(file)


def encode(table: Table) -> bytes:
    """A table as msgpack, arrays as their type, shape and bytes."""
    return msgspec.msgpack.encode(table, enc_hook=_pack)


def decode(content: bytes) -> Table:
    """A table as `encode` wrote it; its arrays cannot be written to. Raises DataError for anything else."""
    try:
        return msgspec.msgpack.decode(content, type=Table, dec_hook=_unpack)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DataError(f"these are no prepared pieces of this version ({error}); prepare them again") from None


def code_digest() -> str:
    """A digest of the code that makes pieces."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for place in CODE:
        path = root / place
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    raise NotImplementedError(f"{type(value).__name__} cannot be stored")


def _unpack(kind: type, value: Any) -> Any:
    dtype, shape, content = value
    return np.frombuffer(content, dtype).reshape(shape)
