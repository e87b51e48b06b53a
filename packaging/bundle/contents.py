"""What PyInstaller put into the folder, file by file and module by module, with where it came from."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

FILE = "contents.json"
INSIDE = "_internal"
"""The folder beside the binary that everything else lies in."""
MODULE = "PYMODULE"
GIVEN = ("THIRD-PARTY.txt", "LICENSE.txt", "sbom.cdx.json", "README.md")
"""Files of the folder that the build adds after PyInstaller."""

Entry = tuple[str, str, str]
"""PyInstaller's own: name in the bundle, source, type."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """A file of the folder (path below `_internal`) or a Python module (dotted name) and its source's path."""

    name: str
    source: str
    kind: str

    @property
    def is_module(self) -> bool:
        """Whether it lies inside the binary, in the archive of modules."""
        return self.kind == MODULE


class Analysis(Protocol):
    """What we need of PyInstaller's."""

    @property
    def pure(self) -> Iterable[Entry]:
        """Modules in Python."""
        ...

    @property
    def binaries(self) -> Iterable[Entry]:
        """Libraries and extension modules."""
        ...

    @property
    def datas(self) -> Iterable[Entry]:
        """Other files."""
        ...

    @property
    def scripts(self) -> Iterable[Entry]:
        """What is run first."""
        ...


def items(analysis: Analysis) -> list[Item]:
    """Everything that goes in, without symbolic links (the file they lead to is there) and namespace packages."""
    found = []
    for entry in (*analysis.pure, *analysis.binaries, *analysis.datas, *analysis.scripts):
        name, source, kind = (str(part) for part in entry[:3])
        if kind != "SYMLINK" and source not in ("", "-", "None"):
            found.append(Item(Path(name).as_posix(), source, kind))
    return sorted(found, key=lambda item: (item.kind, item.name))


def write(analysis: Analysis, path: Path) -> None:
    """Keep the list for the steps after PyInstaller."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(items(analysis))))


def read(path: Path) -> list[Item]:
    """The list that `write` kept. Raises OSError or msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=list[Item])


def walk(folder: Path) -> Iterator[Path]:
    """Every regular file of the finished folder, sorted; links are not followed."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def unlisted(folder: Path, listed: Iterable[Item]) -> list[str]:
    """Files of the finished folder that nobody listed: what must never be there, for nobody knows whose they are."""
    names = {f"{INSIDE}/{item.name}" for item in listed}
    binaries = {f"antiphon{suffix}" for suffix in ("", ".exe")} | {"antiphonw.exe"}
    there = (path.relative_to(folder).as_posix() for path in walk(folder))
    return [name for name in there if name not in names and name not in binaries and name not in GIVEN]
