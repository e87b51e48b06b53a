"""One typed configuration, read from TOML. Every field has its unit, range and default here."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import platformdirs

from bridge.control.parameter import Value
from bridge.control.parameters import ParameterTable
from bridge.errors import SettingsError

HOME = "ANTIPHON_HOME"
"""Environment variable: one folder for configuration, state and packs, instead of the platform's places."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Midi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """MIDI system and ports."""

    system: str = "auto"
    """"auto", "jack", "alsa", "coremidi", "windows" or "loopback"."""
    one_port: bool = False
    """One out port with a channel a voice, instead of a port a voice."""
    opens: dict[str, tuple[str, ...]] = {}
    """Our port -> loose names of existing ports to open for it, in order of preference (not on JACK)."""


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who leads the time."""

    autostart: bool = False
    """Roll as soon as the ports are open (a MIDI clock that starts takes over)."""


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model plays, and on what."""

    pack: str = "lstm-melody"
    """Name of a pack, or its folder."""
    packs: tuple[str, ...] = ()
    """More folders to look for packs in."""
    provider: str = "auto"
    """"auto", "cpu", "cuda" or "coreml"."""
    strict: bool = False
    """Refuse to play on another provider than the one asked for."""


class Osc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The OSC surface."""

    enabled: bool = True
    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback lets your network control the band."""
    port: Port = 9270


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be configured. `knobs` holds first values of the parameter table by path."""

    midi: Midi = Midi()
    clock: Clock = Clock()
    engine: Engine = Engine()
    osc: Osc = Osc()
    knobs: dict[str, Value] = {}


def load(path: Path | None = None) -> Settings:
    """Read the settings from a file, or from the usual place if there is one. Raises SettingsError."""
    usual = config_folder() / "config.toml"
    file = path if path is not None else usual
    try:
        settings = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Settings)
    except (FileNotFoundError, NotADirectoryError):
        if path is None:
            return Settings()
        raise SettingsError(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{file}: {error}") from None
    try:
        check_knobs(settings.knobs)
    except SettingsError as error:
        raise SettingsError(f"{file}, [knobs]: {error}") from None
    return settings


def check_knobs(knobs: Mapping[str, Value]) -> None:
    """Refuse what the parameter table has no place for, or would change to fit. Raises SettingsError."""
    table = ParameterTable()
    for name, value in knobs.items():
        taken = table.set(name, value)
        if not _same(value, taken.new):
            raise SettingsError(f"{name} cannot be {value}: it is {taken.place.parameter.range}")


def config_folder() -> Path:
    """Where the configuration lies."""
    return _home("config") or Path(platformdirs.user_config_dir("antiphon", appauthor=False))


def state_folder() -> Path:
    """Where lock and ledger lie; made if it is not there. Raises SettingsError where it cannot be written to."""
    folder = _home("state") or Path(platformdirs.user_state_dir("antiphon", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unusable(folder, "it cannot be written to")
    return folder


def pack_folders(settings: Settings) -> tuple[Path, ...]:
    """Folders of the user's that may hold packs."""
    own = _home("packs") or Path(platformdirs.user_data_dir("antiphon", appauthor=False)) / "packs"
    return (*(Path(folder).expanduser() for folder in settings.engine.packs), own)


def _same(given: Value, taken: Value) -> bool:
    """Whether a value was taken as it was given: a number in words counts as that number."""
    if isinstance(taken, str) or (isinstance(taken, bool) and isinstance(given, str)):
        return True
    return float(given) == taken


def _unusable(folder: Path, reason: str) -> SettingsError:
    return SettingsError(f"no folder for lock and ledger at {folder} ({reason}); set {HOME} to a folder of yours")


def _home(part: str) -> Path | None:
    home = os.environ.get(HOME)
    return Path(home) / part if home else None
