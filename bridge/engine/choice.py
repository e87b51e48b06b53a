"""Which provider is the fastest for a pack on this machine, as it was measured here: `providers.json`.

`antiphon bench` writes it, `provider = "auto"` goes by it. An entry holds for one pack, one ONNX Runtime and one
machine; a file that is missing or damaged says nothing.
"""

import contextlib
import os
import platform
import tempfile
from collections.abc import Collection
from importlib import metadata
from pathlib import Path

import msgspec

FILE = "providers.json"
KEPT = 256
"""Packs that are remembered; the ones measured longest ago go first."""

Measured = dict[str, dict[str, float]]
"""Pack, runtime and machine in one key -> provider -> p50 in milliseconds, of a phrase of four beats."""


def remember(pack_sha: str, provider: str, p50: float, folder: Path | None = None) -> None:
    """Keep that a pack takes `p50` milliseconds for a phrase on a provider here. Raises SettingsError or OSError."""
    path = _path(folder)
    measured, key = _read(path), _key(pack_sha)
    times = measured.pop(key, {})
    measured[key] = times | {provider: round(p50, 4)}
    for old in list(measured)[:-KEPT]:
        del measured[old]
    handle, name = tempfile.mkstemp(prefix=FILE, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def best(pack_sha: str, available: Collection[str], folder: Path | None = None) -> str | None:
    """The provider measured to be the fastest among those available; None where fewer than two were measured.

    Of one alone nobody knows whether another would not be faster.
    """
    try:
        times = _read(_path(folder)).get(_key(pack_sha), {})
    except Exception:  # no state folder is no reason not to play
        return None
    usable = {provider: p50 for provider, p50 in times.items() if provider in available}
    return min(usable, key=lambda provider: usable[provider]) if len(usable) > 1 else None


def machine() -> str:
    """What a measurement holds for: the name and kind of this machine, and how many cores it has."""
    return f"{platform.node()} {platform.system()} {platform.machine()} {os.cpu_count()}"


def runtime() -> str:
    """Flavour and version of the installed ONNX Runtime, without importing it; "none" where there is none."""
    for name in ("onnxruntime-gpu", "onnxruntime"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            return f"{name} {metadata.version(name)}"
    return "none"


def _key(pack_sha: str) -> str:
    return f"{pack_sha} | {runtime()} | {machine()} | four beats"


def _path(folder: Path | None) -> Path:
    if folder is None:
        from bridge.settings import state_folder  # the engine loads no settings where it does not need them

        folder = state_folder()
    return folder / FILE


def _read(path: Path) -> Measured:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Measured)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
