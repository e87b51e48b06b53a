"""The Debian package: the folder under /usr/lib, and around it what a desktop and a session look for."""

import gzip
import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from bridge.service.command import LINK, PACKAGED, RUN
from bridge.service.systemd import PACKAGED as UNIT
from bridge.service.systemd import unit
from bundle import icon, man, version

DEPENDS = ("libc6 (>= {libc})", "libgcc-s1", "libstdc++6", "libasound2 | libasound2t64")
"""What the folder leaves to the system; the rest of the libraries it brings."""
NEEDS = re.compile(rb"GLIBC_2\.(\d+)\0")
"""How a library says which C library it needs."""
RECOMMENDS = ("jackd2 | pipewire-jack | jackd", "libjack-jackd2-0 | pipewire-jack | libjack0")
CONTROL = """\
Package: {name}
Version: {version}-1
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Section: sound
Priority: optional
Description: {summary}
 Antiphon sits beside a digital audio workstation, listens to what is played
 on MIDI, and answers on its own MIDI tracks, in time, with music from neural
 models that run on this machine.
 .
 It needs no Python. MIDI goes through JACK where a server runs, else through
 ALSA. As a service of the session: antiphon service install.
"""
DESKTOP = """\
[Desktop Entry]
Type=Application
Name=Antiphon
GenericName=AI Bandmate
Comment=Play, and a band answers on its own MIDI ports
Exec=antiphon jam --seconds 0
Icon=antiphon
Terminal=true
Categories=AudioVideo;Audio;Midi;
Keywords=MIDI;JACK;OSC;jam;improvisation;
"""
METAINFO = """\
<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{label}</id>
  <name>Antiphon</name>
  <summary>A live AI bandmate on MIDI and OSC</summary>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>Apache-2.0</project_license>
  <description>
    <p>Antiphon listens to what you play on MIDI, and answers in time on its own tracks, in your key and register.</p>
  </description>
  <launchable type="desktop-id">antiphon.desktop</launchable>
  <provides><binary>antiphon</binary></provides>
  <content_rating type="oars-1.1"/>
  <releases><release version="{version}" date="{date}"/></releases>
</component>
"""
LABEL = "org.antiphon.daemon"
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: antiphon
Comment: The work of others in this package, with their licences in full, is
 listed in /usr/lib/antiphon/THIRD-PARTY.txt, and each model's data and credits
 in its CARD.md.

Files: *
Copyright: Copyright 2026 the Antiphon authors
License: Apache-2.0
 On Debian systems, the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
"""
OVERRIDES = {
    "custom-library-search-path": "the folder's libraries find each other by their own place",
    "embedded-library": "a frozen program brings its libraries, as their own projects built them",
    "hardening-no-pie": "PyInstaller's bootloader is built that way",
    "library-not-linked-against-libc": "so it came in its wheel",
    "shared-library-lacks-prerequisites": "so it came in its wheel",
    "unstripped-binary-or-object": "some libraries of wheels break when they are stripped",
    "maintainer-script-calls-systemctl": "nothing else ends a service of a user's session",
    "initial-upload-closes-no-bugs": "it is not uploaded to Debian",
}
"""Lintian's tags that are meant, and why."""
ENDING_SERVICES = """\
#!/bin/sh
# Nobody's daemon may play on without its files.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then
    for folder in /run/user/*; do
        [ -d "$folder/systemd" ] || continue
        user=$(stat -c %U "$folder")
        systemctl --user --machine="$user@" disable --now antiphon.service >/dev/null 2>&1 || true
    done
fi
"""


def build(folder: Path, work: Path, into: Path, time: int) -> Path:
    """Make the package of a finished folder; `time` (seconds since 1970) dates it. Raises CalledProcessError."""
    root = work / "deb"
    if root.exists():
        shutil.rmtree(root)
    library = root / PACKAGED.parent.relative_to("/")
    shutil.copytree(folder, library, symlinks=True)
    for path, text in texts(time).items():
        _write(root / path.relative_to("/"), text)
    _icons(root, work)
    link = root / LINK.relative_to("/")
    link.parent.mkdir(parents=True)
    link.symlink_to(Path("..") / PACKAGED.relative_to("/usr"))
    _modes(root, PACKAGED.relative_to("/"))
    _control(root)
    into.mkdir(parents=True, exist_ok=True)
    package = into / f"{version.NAME}_{version.VERSION}-1_{architecture()}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(root), str(package)],
        check=True,
        env={"SOURCE_DATE_EPOCH": str(time), "PATH": "/usr/bin:/bin"},
    )
    return package


def texts(time: int) -> Mapping[Path, str | bytes]:
    """Every file beside the frozen folder and the icons: path on the system -> contents."""
    date = datetime.fromtimestamp(time, UTC)
    documents = Path("/usr/share/doc") / version.NAME
    changes = (
        f"{version.NAME} ({version.VERSION}-1) unstable; urgency=medium\n\n  * Version {version.VERSION}.\n\n"
        f" -- {version.MAINTAINER}  {format_datetime(date)}\n"
    )
    return {
        UNIT: unit([str(LINK), *RUN]),
        Path("/usr/share/applications/antiphon.desktop"): DESKTOP,
        Path(f"/usr/share/metainfo/{LABEL}.metainfo.xml"): METAINFO.format(
            label=LABEL, version=version.VERSION, date=date.date().isoformat()
        ),
        Path("/usr/share/man/man1/antiphon.1.gz"): _zipped(man.page(time)),
        documents / "copyright": COPYRIGHT,
        documents / "changelog.Debian.gz": _zipped(changes),
        Path("/usr/share/lintian/overrides") / version.NAME: "".join(overrides()),
    }


def overrides() -> Iterator[str]:
    """Lines of the file that tells lintian what is meant."""
    for tag, why in OVERRIDES.items():
        yield f"# {why}\n{version.NAME}: {tag}\n"


def control(kilobytes: int, libc: str) -> str:
    """The control file. `kilobytes` is what the package takes up (KiB), `libc` the C library it needs."""
    return CONTROL.format(
        name=version.NAME,
        version=version.VERSION,
        architecture=architecture(),
        maintainer=version.MAINTAINER,
        kilobytes=kilobytes,
        depends=", ".join(DEPENDS).format(libc=libc),
        recommends=", ".join(RECOMMENDS),
        summary=version.SUMMARY,
    )


def libc(root: Path) -> str:
    """The newest version of the C library that anything below a folder asks for."""
    asked = (NEEDS.findall(path.read_bytes()) for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return f"2.{max((int(minor) for found in asked for minor in found), default=17)}"


def architecture() -> str:
    """This machine, as Debian calls it."""
    said = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True, timeout=30)
    return said.stdout.strip()


def _icons(root: Path, work: Path) -> None:
    made = icon.draw(work / "icons")
    theme = root / "usr/share/icons/hicolor"
    for size, picture in made.pictures.items():
        _copy(picture, theme / f"{size}x{size}/apps/antiphon.png")
    _copy(made.svg, theme / "scalable/apps/antiphon.svg")


def _control(root: Path) -> None:
    """DEBIAN/: control, checksums, and what is done before removal."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(path.stat().st_size for path in files)
    sums = "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files)
    _write(root / "DEBIAN/control", control(size // 1024 + 1, libc(root)))
    _write(root / "DEBIAN/md5sums", sums)
    _write(root / "DEBIAN/prerm", ENDING_SERVICES)
    (root / "DEBIAN/prerm").chmod(0o755)


def _modes(root: Path, binary: Path) -> None:
    """Everything readable, only the binary and folders executable."""
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            continue
        path.chmod(0o755 if path.is_dir() or path == root / binary else 0o644)


def _zipped(text: str) -> bytes:
    return gzip.compress(text.encode(), 9, mtime=0)


def _write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
