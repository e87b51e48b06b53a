import tarfile
from pathlib import Path

import pytest

from bundle import archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "antiphon"
    (folder / "_internal").mkdir(parents=True)
    (folder / "antiphon").write_text("run")
    (folder / "antiphon").chmod(0o755)
    (folder / "_internal/liba.so").write_text("a")
    (folder / "_internal/liba.so.1").symlink_to("liba.so")
    return folder


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    one, two = (archive.pack(folder, tmp_path / name, 1_700_000_000).read_bytes() for name in ("one", "two"))
    assert one == two


def test_the_archive_keeps_modes_and_links_and_is_owned_by_root(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(archive.pack(folder, tmp_path, 1_700_000_000)) as tar:
        entries = {entry.name.removeprefix(archive.name()): entry for entry in tar}
    assert entries["/antiphon"].mode & 0o111
    assert entries["/_internal/liba.so.1"].issym()
    assert {(entry.uid, entry.uname, entry.mtime) for entry in entries.values()} == {(0, "root", 1_700_000_000)}
