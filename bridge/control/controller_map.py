"""Controller maps: the bindings of a device, kept under its name, one TOML file each."""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import tomlkit

from bridge.control import safe_file
from bridge.control.binding import Binding, read_binding
from bridge.control.control import Control
from bridge.control.takeover import Takeover
from bridge.errors import SettingsError
from bridge.midi.naming import match, words

SCHEMA = 1
FOLDER = "controllers"
LARGEST = 1 << 20
"""Bytes of a map at most."""


class ControllerMap(msgspec.Struct, frozen=True):
    """What a device's controls do. `takeover` None: as the parameter of that name says."""

    device: str
    takeover: Takeover | None = None
    bindings: tuple[Binding, ...] = ()

    def bound(self, binding: Binding) -> "ControllerMap":
        """The map with one more binding; what its control did to the same target before is forgotten."""
        kept = (old for old in self.bindings if (old.control, old.target) != (binding.control, binding.target))
        return msgspec.structs.replace(self, bindings=(*kept, binding))

    def without(self, target: str) -> "ControllerMap":
        """The map with nothing bound to a target."""
        return msgspec.structs.replace(self, bindings=tuple(b for b in self.bindings if b.target != target))

    def text(self) -> str:
        """The file."""
        said: dict[str, object] = {"schema": SCHEMA, "device": self.device}
        if self.takeover is not None:
            said["takeover"] = self.takeover.value
        return tomlkit.dumps({**said, "bindings": [binding.plain() for binding in self.bindings]})


def read_map(text: str) -> ControllerMap:
    """The map that a file holds. Raises SettingsError."""
    try:
        said = tomllib.loads(text)
        if said.get("schema") != SCHEMA:
            raise SettingsError(f"schema {said.get('schema')}, but this Antiphon reads {SCHEMA}")
        bindings = tuple(read_binding(each) for each in msgspec.convert(said.get("bindings", []), list[dict[str, Any]]))
        return msgspec.convert({**said, "bindings": bindings}, ControllerMap)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise SettingsError(str(error)) from None


class MapShelf:
    """The maps in a folder, by device. `tell` hears of files that cannot be read, which are left as they are."""

    def __init__(self, folder: Path | None, tell: Callable[[str], object]) -> None:
        self._folder = folder
        self._tell = tell
        self._maps: dict[str, ControllerMap] = {}
        self._files: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else ():
            try:
                if path.stat().st_size > LARGEST:
                    raise SettingsError(f"more than {LARGEST} bytes; no map of ours")
                found = read_map(path.read_text("utf-8"))
                self._maps[found.device], self._files[found.device] = found, path
            except (OSError, UnicodeDecodeError, SettingsError) as error:
                tell(f"the controller map {path} is not used: {error}")

    def of(self, device: str) -> ControllerMap:
        """A device's map; the name may have changed as it does when a device is plugged in again."""
        name = match(device, self._maps)
        return self._maps[name] if name is not None else ControllerMap(device)

    def of_port(self, port: str) -> ControllerMap:
        """The map of what is on a port of ours and has no name."""
        return self._maps.get(port) or ControllerMap(port)

    def keep(self, kept: ControllerMap) -> None:
        """Take over a map, and write its file; that it cannot be written is told."""
        self._maps[kept.device] = kept
        if self._folder is None:
            return
        path = self._files.setdefault(kept.device, self._free(kept.device))
        try:
            safe_file.write(path, kept.text())
        except OSError as error:
            self._tell(
                f"the controller map {path} cannot be written ({error.strerror or error}); it is lost at the end"
            )

    def _free(self, device: str) -> Path:
        """A file name that no other device has."""
        assert self._folder is not None
        stem = re.sub(r"[^a-z0-9]+", "-", words(device)).strip("-")[:60] or "controller"
        taken = set(self._files.values())
        names = (self._folder / f"{stem}{suffix}.toml" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
        return next(path for path in names if path not in taken and not path.exists())


def by_control(maps: Iterable[ControllerMap]) -> dict[Control, list[tuple[ControllerMap, Binding]]]:
    """Everything that each control does."""
    found: dict[Control, list[tuple[ControllerMap, Binding]]] = {}
    for each in maps:
        for binding in each.bindings:
            found.setdefault(binding.control, []).append((each, binding))
    return found
