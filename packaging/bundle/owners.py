"""Whose each file of the bundle is: a Python distribution's, Python's own, a system package's, or ours."""

import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from importlib.metadata import Distribution
from pathlib import Path

import msgspec

from bundle import licences
from bundle.contents import Item

LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|third.?party.?notices|copyright)[\w.-]*", re.IGNORECASE)
"""Names of files that hold licence texts; not code that is called so."""
CODE = (".py", ".pyc", ".pyi")
OURS = "antiphon"
CARRIED_FOLDERS = (".libs", ".dylibs")
"""How the folders are called in which wheels carry libraries of others."""


class UnknownOwnerError(Exception):
    """A file whose owner or licence nobody has written down. Ends the build."""


class Text(msgspec.Struct, frozen=True):
    """A licence text and the file it was read from."""

    file: str
    text: str


class Owner(msgspec.Struct, frozen=True):
    """Somebody's work in the bundle. `kind` is "pypi", "python", "deb" or "carried"."""

    name: str
    version: str
    kind: str
    licence: str
    home: str = ""
    texts: tuple[Text, ...] = ()
    within: str = ""
    """The distribution that carries it, for kind "carried"; the texts are there."""


class System(msgspec.Struct, frozen=True):
    """A file's package on this system, its version, and its licence text."""

    package: str
    version: str
    text: Text


Ask = Callable[[Path], System | None]


class Owners:
    """Looks every item up. `ask` is asked for the system's packages."""

    def __init__(self, distributions: Iterable[Distribution], ask: Ask) -> None:
        self._ask = ask
        self._files: dict[Path, Distribution] = {}
        self._known: dict[str, Owner] = {}
        for distribution in distributions:
            for file in distribution.files or ():
                self._files.setdefault(Path(str(distribution.locate_file(file))).resolve(), distribution)

    def of(self, item: Item) -> Owner | None:
        """The owner of an item; None for our own. Raises UnknownOwnerError."""
        source = Path(item.source).resolve()
        distribution = self._files.get(source)
        if distribution is not None:
            name = distribution.metadata["Name"]
            if name == OURS:
                return None
            folder = source.parent.name
            if folder.endswith(CARRIED_FOLDERS):
                return self._carried(source.name, name)
            return self._remember(name, lambda: _of_distribution(distribution))
        if _is_pythons(source, item):
            return self._remember("CPython", _python)
        if source.name == "launcher.py" and source.parent.name == "packaging":
            return None
        return self._of_system(source)

    def _carried(self, file: str, within: str) -> Owner:
        named = licences.of_carried(file)
        if named is None:
            raise UnknownOwnerError(f"{within} carries {file}: read its licence and add it to CARRIED_LIBRARIES")
        return Owner(named[0], "", "carried", named[1], within=within)

    def _of_system(self, source: Path) -> Owner:
        found = self._ask(source)
        if found is None:
            raise UnknownOwnerError(f"nobody knows whose {source} is; leave it out in packaging/bundle/recipe.py")
        licence = licences.SYSTEM_PACKAGES.get(found.package)
        if licence is None:
            raise UnknownOwnerError(f"{source} is of {found.package}: read its licence and add it to SYSTEM_PACKAGES")
        return self._remember(
            found.package, lambda: Owner(found.package, found.version, "deb", licence, texts=(found.text,))
        )

    def _remember(self, key: str, make: Callable[[], Owner]) -> Owner:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]


def pyinstaller(distributions: Iterable[Distribution]) -> Owner:
    """The owner of the binary's first instructions, which are in every bundle. Raises UnknownOwnerError."""
    for distribution in distributions:
        if distribution.metadata["Name"] == "pyinstaller":
            return _of_distribution(distribution)
    raise UnknownOwnerError(
        "PyInstaller is not installed here, yet it made the bundle; run the build through `make package`"
    )


def ask_dpkg(file: Path) -> System | None:
    """The Debian package a file is of; None where there is none, or no dpkg."""
    # The same file has two names where /lib is a link to /usr/lib, and dpkg knows either of them.
    for name in (str(file), str(file).removeprefix("/usr"), f"/usr{file}"):
        try:
            said = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=True, timeout=30).stdout
            package = said.split(":")[0].split(",")[0]
            version = subprocess.run(
                ["dpkg-query", "-W", "-f=${Version}", said.split(": ")[0].split(",")[0]],
                capture_output=True,
                text=True,
                check=True,
                timeout=30,
            ).stdout
            text = Path("/usr/share/doc", package, "copyright")
            return System(package, version, Text(str(text), text.read_text("utf-8", "replace")))
        except (OSError, subprocess.SubprocessError):
            continue
    return None


def _is_pythons(source: Path, item: Item) -> bool:
    """Whether a file is of CPython itself: its library, its extension modules, or the archive made of them."""
    paths = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    if any(source.is_relative_to(path) for path in paths) and "site-packages" not in source.parts:
        return True
    if item.name == "base_library.zip" or re.fullmatch(r"libpython[\d.]+\.(so|dylib)[\d.]*", source.name):
        return True
    base = Path(sys.base_prefix).resolve()
    return sys.platform != "linux" and source.is_relative_to(base) and "site-packages" not in source.parts


def _python() -> Owner:
    version = ".".join(map(str, sys.version_info[:3]))
    library = Path(sysconfig.get_path("stdlib"))
    minor = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for text in (
        library / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc", minor, "copyright"),
        Path("/usr/share/doc", f"lib{minor}-stdlib", "copyright"),
    ):
        if text.is_file():
            read = Text(text.name, text.read_text("utf-8", "replace"))
            return Owner("CPython", version, "python", "PSF-2.0", "https://www.python.org", (read,))
    raise UnknownOwnerError(f"no licence text of Python itself in {library}")


def _of_distribution(distribution: Distribution) -> Owner:
    metadata = distribution.metadata
    name = metadata["Name"]
    licence = licences.of_distribution(name, metadata["License-Expression"], metadata.get_all("Classifier") or [])
    texts = tuple(_texts(distribution))
    if licence is None or not texts:
        what = "licence" if licence is None else "licence text"
        raise UnknownOwnerError(f"{name} {distribution.version} has no {what} in its metadata: add it to PACKAGES")
    return Owner(name, distribution.version, "pypi", licence, _home(distribution), texts)


def _texts(distribution: Distribution) -> Iterable[Text]:
    """Every licence file the distribution came with; else the text in its metadata, where it is one."""
    seen: set[str] = set()
    for file in distribution.files or ():
        if not LICENCE_FILE.match(file.name) or file.suffix in CODE:
            continue
        text = Path(str(distribution.locate_file(file))).read_text("utf-8", "replace").strip()
        if text and text not in seen:
            seen.add(text)
            yield Text(str(file), text)
    said = distribution.metadata["License"] or ""
    if not seen and len(said) > 200:
        yield Text("METADATA", said)


def _home(distribution: Distribution) -> str:
    pages = [page.partition(",") for page in distribution.metadata.get_all("Project-URL") or []]
    named: dict[str, str] = {label.strip().lower(): page.strip() for label, _, page in pages}
    for label in ("homepage", "source", "repository", "source code", "github"):
        if label in named:
            return named[label]
    return str(distribution.metadata["Home-page"] or next(iter(named.values()), ""))
