"""Preparing pieces with a progress bar and a report: the bundle's, or a person's own folder's."""

from collections.abc import Iterator
from pathlib import Path

import typer

from bridge.errors import DataError
from export.data import folder as folders
from export.data import report
from export.data.bundle import Bundle
from export.data.piece import Piece
from export.data.sets import READERS
from export.data.table import Table, cache_file, code_digest, decode, finished, load, store

WIDTH = 30


def prepare_folder(folder: Path, out: Path | None) -> str:
    """Prepare a folder of MIDI files; the table goes to `out` or the user's cache. Returns the report.

    Raises DataError where the folder has nothing that can be used.
    """
    paths = folders.files(folder)
    found: list[Piece | report.Skip] = []
    with typer.progressbar(folders.read(paths, folder), length=len(paths), label="reading", width=WIDTH) as items:
        found.extend(items)
    table = finished(found)
    if not table.pieces:
        raise DataError(f"none of the {len(paths)} files in {folder} can be used:\n{report.reasons(table.skips)}")
    file = out or cache_file(None, f"{code_digest()}{folder.resolve()}")
    store(file, table)
    return f"{told(table)}\n{file}"


def prepare_bundle(bundle: Bundle, cache: Path | None) -> str:
    """Prepare the bundle's pieces, unless the cache has them. Returns the report."""
    with typer.progressbar(length=len(READERS), label="preparing", width=WIDTH) as bar:
        table = load(bundle, cache, lambda name: bar.update(1))
    return told(table)


def told(table: Table) -> str:
    """A table of what there is, and what was skipped and why."""
    lines = [report.table(report.count(table.pieces, table.skips))]
    return "\n".join([*lines, report.reasons(table.skips)] if table.skips else lines)


def pieces_of(file: Path) -> Iterator[Piece]:
    """The pieces of a prepared table. Raises DataError for anything else."""
    try:
        yield from decode(file.read_bytes()).pieces
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror})") from None
