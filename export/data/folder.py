"""A person's own folder of MIDI files, prepared like the bundle's sets."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bridge.errors import DataError
from export.data.making import make
from export.data.midi_file import read_song
from export.data.parts import band
from export.data.piece import Column, Piece, Role
from export.data.report import Skip

SET = "own"
SUFFIXES = frozenset((".mid", ".midi", ".kar", ".smf"))
LARGEST = 8 << 20
"""Bytes of a file beyond which it is no piece."""
OPENING = 24
"""Notes of the lead by which two files are known as one tune."""


def files(folder: Path) -> list[Path]:
    """The MIDI files in a folder and those below it, by name. Raises DataError where there are none."""
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder; name one with MIDI files in it")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not found:
        raise DataError(f"{folder} has no MIDI files ({', '.join(sorted(SUFFIXES))}), nor have the folders in it")
    return found


def read(paths: list[Path], folder: Path) -> Iterator[Piece | Skip]:
    """Each file as a piece, or why it was skipped; a bad file never stops the others. Copies are skipped."""
    seen: dict[str, str] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            content = _content(path)
            digest = hashlib.sha256(content).hexdigest()
            if digest in seen:
                yield Skip(SET, name, f"it is a copy of {seen[digest]}")
                continue
            seen[digest] = name
            yield piece(name, content)
        except DataError as error:
            yield Skip(SET, name, str(error))
        except Exception as error:  # whatever a broken file does, the others are read
            yield Skip(SET, name, f"it cannot be used ({type(error).__name__}: {error})")


def piece(name: str, content: bytes) -> Piece:
    """A piece of a MIDI file called `name`; its style is the folder that it lies in. Raises DataError."""
    song = read_song(content)
    parts = band(name, song.tracks)
    found = make(
        name, SET, parts=parts, marks=song.marks, cluster="", style=Path(name).parent.name, tempo=song.tempo,
        nominal=False, dynamics=True, sequenced=True,
    )  # fmt: skip
    found.cluster = _cluster(found)
    return found


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"it is larger than {LARGEST >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"it cannot be read ({error.strerror})") from None


def _cluster(piece: Piece) -> str:
    """Files whose lead (or whatever there is) begins with the same intervals share a cluster."""
    line = piece.part(Role.LEAD)
    if len(line) < 8:
        line = piece.notes
    steps = np.diff(line[:OPENING, Column.PITCH])
    return f"{SET} " + hashlib.sha256(steps.astype("<i4").tobytes()).hexdigest()[:12]
