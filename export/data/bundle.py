"""The data bundle on disk: where it is, whether it is whole, and how its archives are read."""

import csv
import hashlib
import io
import json
import lzma
import os
import tarfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from bridge.errors import DataError

VARIABLE = "ANTIPHON_DATA"
SUMS = "SHA256SUMS"


class Bundle:
    """A folder with one folder a set, `pieces.csv` in each, and SHA256SUMS at the top."""

    def __init__(self, folder: Path) -> None:
        if not (folder / SUMS).is_file():
            raise DataError(f"{folder} is no data bundle (it has no {SUMS}); give its folder with --data or {VARIABLE}")
        self.folder = folder

    def sums(self) -> dict[str, str]:
        """Path inside the bundle -> SHA-256 in hex, as the bundle states it."""
        rows = (line.split(maxsplit=1) for line in (self.folder / SUMS).read_text("utf-8").splitlines() if line)
        return {path.strip().removeprefix("*").removeprefix("./"): digest for digest, path in rows}

    def verify(self, needed: Collection[str]) -> list[str]:
        """Check every file; returns those not `needed` that differ. Raises DataError naming a needed one that does."""
        sums = self.sums()
        wrong = [path for path in sorted({*sums, *needed}) if self._digest(path) != sums.get(path, "")]
        for path in wrong:
            if path in needed:
                raise DataError(f"{path} is missing or not what {SUMS} says; get the data bundle again")
        return wrong

    def _digest(self, path: str) -> str | None:
        file = self.folder / path
        return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None

    def pieces(self, folder: str) -> list[dict[str, str]]:
        """Rows of a set's `pieces.csv`."""
        with (self.folder / folder / "pieces.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def lines(self, path: str) -> Iterator[dict[str, Any]]:
        """Objects of a JSONL.xz file."""
        with lzma.open(self.folder / path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def members(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Names and contents of the files in a tar.xz, read from memory and never unpacked."""
        with tarfile.open(self.folder / path, "r:xz") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield member.name.removeprefix("./"), file.read()

    def text(self, path: str) -> str:
        """A text file in .xz; what is no UTF-8 in it is replaced."""
        return lzma.decompress((self.folder / path).read_bytes()).decode("utf-8", "replace")

    def json(self, path: str) -> Any:
        """A JSON file."""
        return json.loads((self.folder / path).read_text("utf-8"))

    def table(self, path: str) -> list[dict[str, str]]:
        """Rows of a CSV file."""
        return list(csv.DictReader(io.StringIO((self.folder / path).read_text("utf-8"))))


def find(folder: Path | None) -> Bundle:
    """The bundle named on the command line, else by ANTIPHON_DATA. Raises DataError where neither is given."""
    chosen = folder or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if chosen is None:
        raise DataError(f"no data bundle given; name its folder with --data or {VARIABLE}")
    return Bundle(chosen)
