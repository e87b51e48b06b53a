"""A session log read back, whole or as a kill has left it."""

import gzip
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from bridge.errors import SessionError
from bridge.record.session import SCHEMA, Header, Line, Over, Part, Taken
from bridge.record.session_file import SUFFIX, parts


class Session:
    """A log: its header, and `entries` once through. Raises SessionError for what is none, also while it is read.

    A line that was cut short by a kill ends it.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`, or the log in the folder `path`."""
        self.path = path / f"session{SUFFIX}" if path.is_dir() else path
        self.ending = ""
        """Why it ends, once it was read; empty where nobody could say so any more."""
        lines = _lines(self.path)
        try:
            first = next(lines, b"")
            self.header = msgspec.json.decode(first, type=Header)
        except OSError as error:
            raise SessionError(f"{self.path} cannot be read ({error.strerror or error})") from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise SessionError(f"{self.path} is no session log; `antiphon jam` leaves one as session.jsonl") from None
        if self.header.schema != SCHEMA:
            raise SessionError(
                f"{self.path} has schema {self.header.schema}, but this Antiphon ({SCHEMA}) reads another; "
                f"it was written by {self.header.versions.get('antiphon', 'an unknown version')}"
            )
        self.entries: Iterator[Taken] = self._decoded(lines)

    def _decoded(self, lines: Iterator[bytes]) -> Iterator[Taken]:
        decode = msgspec.json.Decoder(Line).decode
        for number, line in enumerate(lines, 2):
            try:
                entry = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise SessionError(f"{self.path}: line {number} cannot be understood ({error})") from None
            if isinstance(entry, Over):
                self.ending = entry.reason
                return
            if not isinstance(entry, Part):
                yield entry


def _lines(path: Path) -> Iterator[bytes]:
    """Every whole line of every part."""
    before = parts(path)
    for part in before:
        yield from _whole(part)
    last = _whole(path) if path.exists() or not before else iter(())
    first = next(last, None)
    if first is not None and _number(first) >= len(before):  # else it was just being compressed, and was given above
        yield from chain((first,), last)


def _whole(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        try:
            for line in file:
                if line.endswith(b"\n"):
                    yield line
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return


def _number(first: bytes) -> int:
    """Which part of its log a file with this first line is."""
    try:
        part = msgspec.json.decode(first, type=Part)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0
    return part.number
