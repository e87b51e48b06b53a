"""The steps of a build after PyInstaller. `python -m bundle STEP`, in the environment that packaging/package.sh makes.

finish    licences, notices and bill of materials into dist/antiphon, and the limits checked
archive   dist/antiphon-VERSION-SYSTEM-MACHINE.tar.gz (.zip on Windows)
deb       dist/antiphon_VERSION-1_ARCHITECTURE.deb
version   print the version
numbers   print it as Windows wants it: four numbers
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path

from bundle import archive, contents, deb, limits, mac, notices, owners, sbom, version
from bundle.owners import UnknownOwnerError

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "package" / "antiphon"
"""Where PyInstaller worked."""
DIST = ROOT / "dist"
FOLDER = DIST / version.NAME


def finish() -> None:
    """Write what goes with the folder, and check it. Raises UnknownOwnerError and SystemExit with what is wrong."""
    strip(contents.read(WORK / contents.FILE))
    items = contents.read(WORK / contents.FILE)
    installed = list(distributions())
    shares = notices.shares(items, owners.Owners(installed, owners.ask_dpkg), [owners.pyinstaller(installed)])
    notices.refuse_copyleft(shares)
    packs = notices.packs(FOLDER)
    shutil.copyfile(ROOT / "LICENSE", FOLDER / "LICENSE.txt")
    (FOLDER / notices.FILE).write_text(notices.notices(shares, packs), "utf-8")
    (FOLDER / sbom.FILE).write_text(sbom.bill(shares, packs, version.built_at(ROOT)), "utf-8")
    if sys.platform == "darwin":
        into_application()
    wrong = limits.broken(FOLDER, items)
    if wrong:
        raise SystemExit("the bundle is not as it has to be:\n  " + "\n  ".join(wrong))
    print(f"{FOLDER}: {limits.size_mb(FOLDER):.1f} MB, the work of {len(shares)} others, {len(packs)} packs")


def into_application() -> None:
    """Give the macOS application, which PyInstaller has put together by now, the same files, and sign it anew."""
    application = DIST / "Antiphon.app"
    for name in (notices.FILE, sbom.FILE, "LICENSE.txt"):
        shutil.copyfile(FOLDER / name, application / "Contents" / "Resources" / name)
    subprocess.run(["codesign", "--force", "--deep", "--sign", "-", str(application)], check=True)
    mac.write_agent(DIST / f"{mac.IDENTIFIER}.plist")


def strip(items: list[contents.Item]) -> None:
    """Take the symbols out of Python's own libraries; those of wheels have none left, and some break when touched."""
    own = [item.name for item in items if "lib-dynload/" in item.name or item.name.startswith("libpython")]
    if sys.platform == "linux" and shutil.which("strip"):
        subprocess.run(
            ["strip", "--strip-unneeded", *(str(FOLDER / contents.INSIDE / name) for name in own)], check=True
        )


def main() -> None:
    """Carry out the step that was asked for."""
    steps: dict[str, Callable[[], object]] = {
        "finish": finish,
        "archive": lambda: print(archive.pack(FOLDER, DIST, version.built_at(ROOT))),
        "deb": lambda: print(deb.build(FOLDER, ROOT / "build" / "package", DIST, version.built_at(ROOT))),
        "version": lambda: print(version.VERSION),
        "numbers": lambda: print(".".join(map(str, version.numbers()))),
    }
    step = steps.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if step is None:
        raise SystemExit(__doc__)
    try:
        step()
    except UnknownOwnerError as error:
        raise SystemExit(f"bundle: {error}") from None


if __name__ == "__main__":
    main()
