import configparser
import gzip
from pathlib import Path
from xml.etree import ElementTree

from bridge.service.systemd import PACKAGED as UNIT
from bundle import deb


def test_the_libc_that_is_asked_for_is_the_newest_any_library_needs(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(b"\0GLIBC_2.4\0GLIBC_2.34\0more")
    (tmp_path / "b.so").write_bytes(b"\0GLIBC_2.17\0GLIBC_2.2.5\0")
    assert deb.libc(tmp_path) == "2.34"


def test_the_files_around_the_folder_are_sound() -> None:
    texts = deb.texts(1_800_000_000)
    for path, text in texts.items():
        assert path.is_absolute()
        assert text
    entry = configparser.ConfigParser()
    entry.read_string(str(texts[Path("/usr/share/applications/antiphon.desktop")]))
    assert entry["Desktop Entry"]["Terminal"] == "true"
    meta = next(text for path, text in texts.items() if path.suffix == ".xml")
    assert ElementTree.fromstring(str(meta)).findtext("project_license") == "Apache-2.0"
    page = texts[Path("/usr/share/man/man1/antiphon.1.gz")]
    assert isinstance(page, bytes)
    assert gzip.decompress(page).startswith(b".TH ANTIPHON 1")


def test_the_packages_unit_runs_the_command_by_its_name() -> None:
    assert "ExecStart=/usr/bin/antiphon run --log-file auto\n" in str(deb.texts(0)[UNIT])


def test_every_override_says_why() -> None:
    lines = list(deb.overrides())
    assert len(lines) == len(deb.OVERRIDES)
    assert all(line.startswith("# ") for line in lines)


def test_removing_the_package_ends_the_daemons_of_every_session() -> None:
    assert "disable --now antiphon.service" in deb.ENDING_SERVICES
