"""Where packs lie, by name. Apart from what plays them, so that looking for one loads no model's code."""

from pathlib import Path

import bridge
from bridge.errors import PackError


def folders(extra: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """Folders that may hold packs: those given, the one beside the source, the one inside the installed wheel."""
    package = Path(bridge.__file__).parent
    return tuple(path for path in (*extra, package.parent / "models", package / "models") if path.is_dir())


def packs(extra: tuple[Path, ...] = ()) -> dict[str, Path]:
    """Every pack found: name -> folder; the first of a name wins."""
    found: dict[str, Path] = {}
    for folder in folders(extra):
        for path in sorted(folder.iterdir()):
            if (path / "pack.toml").is_file():
                found.setdefault(path.name, path)
    return found


def find(name: str, extra: tuple[Path, ...] = ()) -> Path:
    """Folder of a pack by name or by path. Raises PackError that names the packs there are."""
    if (Path(name) / "pack.toml").is_file():
        return Path(name).resolve()
    there = packs(extra)
    if name not in there:
        names = ", ".join(there) or "none at all"
        raise PackError(f"no pack «{name}»; there are: {names}")
    return there[name]
