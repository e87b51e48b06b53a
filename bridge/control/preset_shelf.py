"""The preset shelf: presets in a folder, by name."""

import re
from pathlib import Path

import msgspec

from bridge.control import safe_file
from bridge.control.preset import LARGEST, Preset, read_preset
from bridge.errors import SettingsError

FOLDER = "presets"
SUFFIX = ".toml"
_NAME = re.compile(r"[\w][\w .()+-]{0,59}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for itself."""


class PresetShelf:
    """Presets in a folder, which is made when the first is saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def names(self) -> tuple[str, ...]:
        """Every preset, in the order of the alphabet; program changes count them from 0."""
        if not self.folder.is_dir():
            return ()
        names = (path.stem for path in self.folder.glob(f"*{SUFFIX}") if path.is_file())
        return tuple(sorted((name for name in names if _fits(name)), key=lambda name: (name.casefold(), name)))

    def save(self, preset: Preset) -> Path:
        """Keep a preset in the place of an older one of its name; returns its file. Raises SettingsError."""
        path = self.path(preset.name)
        try:
            safe_file.write(path, preset.text())
        except OSError as error:
            raise SettingsError(f"the preset {path} cannot be written ({error.strerror or error})") from None
        return path

    def load(self, name: str) -> tuple[Preset, list[str]]:
        """A preset, under the name of its file, and what in it was not understood. Raises SettingsError."""
        text = self.text(name)
        try:
            preset, warnings = read_preset(text)
        except SettingsError as error:
            raise SettingsError(f"the preset «{name}» cannot be used: {error}") from None
        return msgspec.structs.replace(preset, name=name), warnings

    def text(self, name: str) -> str:
        """What a preset's file says. Raises SettingsError."""
        path = self.path(name)
        try:
            if path.stat().st_size > LARGEST:
                raise SettingsError(f"{path}: more than {LARGEST} bytes; no preset of ours")
            return path.read_text("utf-8")
        except FileNotFoundError:
            raise SettingsError(self._missing(name)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"the preset {path} cannot be read ({error})") from None

    def delete(self, name: str) -> None:
        """Do away with a preset. Raises SettingsError where there is none of that name."""
        try:
            self.path(name).unlink()
        except FileNotFoundError:
            raise SettingsError(self._missing(name)) from None
        except OSError as error:
            raise SettingsError(f"the preset «{name}» cannot be deleted ({error.strerror or error})") from None

    def path(self, name: str) -> Path:
        """Where a preset of that name lies, or would. Raises SettingsError for what cannot be a name."""
        if not _fits(name):
            raise SettingsError(
                f"a preset cannot be called «{name[:40]}»: "
                "letters, digits, spaces and . ( ) + - _ make a name, 60 at most"
            )
        return self.folder / f"{name}{SUFFIX}"

    def _missing(self, name: str) -> str:
        there = ", ".join(self.names) or "none yet"
        return f"there is no preset «{name}»; there are: {there}"


def _fits(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name == name.strip().rstrip(".") and not _DEVICES.fullmatch(name)
