"""All melodies of the bundle, split by cluster, cached so that a second run starts at once."""

import hashlib
from collections import Counter
from pathlib import Path

import msgspec
import platformdirs

from bridge.errors import DataError
from export.data.bundle import Bundle
from export.data.melody import Melody
from export.data.readers import READERS

VALIDATION_PERCENT = 8
VERSION = 1
"""Raise it when a reader changes, so that old caches are not used."""


def is_held_out(cluster: str) -> bool:
    """Whether a melody cluster is in the validation split; the same on every machine."""
    return int(hashlib.sha256(f"antiphon:{cluster}".encode()).hexdigest(), 16) % 100 < VALIDATION_PERCENT


def load(bundle: Bundle, cache: Path | None = None) -> list[Melody]:
    """Every melody of every set. Raises DataError where a set gives none."""
    folder = cache or Path(platformdirs.user_cache_dir("antiphon"))
    stamp = hashlib.sha256(f"{VERSION}{sorted(bundle.sums().items())}".encode()).hexdigest()[:16]
    file = folder / f"melodies-{stamp}.msgpack"
    if file.is_file():
        return msgspec.msgpack.decode(file.read_bytes(), type=list[Melody])
    melodies = [melody for reader in READERS.values() for melody in reader(bundle)]
    found = Counter(melody.set for melody in melodies)
    empty = [name for name in READERS if not found[name]]
    if empty:
        raise DataError(f"no melodies found in {', '.join(empty)}; get the data bundle again")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.msgpack.encode(melodies))
    return melodies


def split(melodies: list[Melody]) -> tuple[list[Melody], list[Melody]]:
    """Training and validation melodies; no cluster is in both."""
    train = [melody for melody in melodies if not is_held_out(melody.cluster)]
    return train, [melody for melody in melodies if is_held_out(melody.cluster)]
