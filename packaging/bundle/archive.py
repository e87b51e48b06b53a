"""The tarball (on Windows a zip): the folder as it is, the same bytes from the same contents."""

import gzip
import platform
import stat
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bundle import version

SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def name() -> str:
    """What the archive of this machine's build is called, without an ending."""
    machine = platform.machine().lower()
    return f"{version.NAME}-{version.VERSION}-{SYSTEMS[sys.platform]}-{MACHINES.get(machine, machine)}"


def pack(folder: Path, into: Path, time: int) -> Path:
    """Write the archive of a folder, every file dated `time` (seconds since 1970), owned by root."""
    into.mkdir(parents=True, exist_ok=True)
    return _zip(folder, into / f"{name()}.zip", time) if sys.platform == "win32" else _tar(folder, into, time)


def _tar(folder: Path, into: Path, time: int) -> Path:
    path = into / f"{name()}.tar.gz"
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=time) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for file in _everything(folder):
            entry = tar.gettarinfo(str(file), f"{name()}/{file.relative_to(folder).as_posix()}".rstrip("/."))
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = time, 0, 0, "root", "root"
            if entry.isreg():
                with file.open("rb") as content:
                    tar.addfile(entry, content)
            else:
                tar.addfile(entry)
    return path


def _zip(folder: Path, path: Path, time: int) -> Path:
    moment = datetime.fromtimestamp(time, UTC).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in _everything(folder):
            if file.is_file():
                entry = zipfile.ZipInfo(f"{name()}/{file.relative_to(folder).as_posix()}", moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = stat.S_IMODE(file.stat().st_mode) << 16
                archive.writestr(entry, file.read_bytes())
    return path


def _everything(folder: Path) -> Iterator[Path]:
    yield folder
    yield from sorted(folder.rglob("*"))
