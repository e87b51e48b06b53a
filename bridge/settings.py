"""One typed configuration, read from TOML. Every field has its unit, range and default here."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from bridge.control.parameter import Value
from bridge.control.parameters import ParameterTable
from bridge.errors import SettingsError
from bridge.midi.ports import CLIENT, MOST_CONTROLS

HOME = "ANTIPHON_HOME"
"""Environment variable: one folder for configuration, state and packs, instead of the platform's places."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


OffsetPort = Literal["in", "lead", "chords", "bass", "drums", "click"]
"""A port that can be given a latency offset."""


class Midi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """MIDI system and ports."""

    system: str = "auto"
    """"auto", "jack", "alsa", "coremidi", "windows" or "loopback"."""
    client: str = CLIENT
    """The name under which our ports are seen on JACK."""
    one_port: bool = False
    """One out port with a channel a voice, instead of a port a voice."""
    controls: Annotated[int, msgspec.Meta(ge=1, le=MOST_CONTROLS)] = 1
    """Ports for controllers: `control`, `control 2` and so on; devices that share one cannot be told apart."""
    opens: dict[str, tuple[str, ...]] = {}
    """Our port -> loose names of existing ports to open for it, in order of preference (not on JACK)."""
    offset_ms: dict[OffsetPort, Annotated[float, msgspec.Meta(ge=-500.0, le=500.0)]] = {}
    """Port -> milliseconds (-500 to 500) by which it plays after the beat (negative: before, which makes up for a slow
    instrument); for `in`, by which what you play counts as later (negative: earlier). `antiphon calibrate` measures."""


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who leads the time."""

    autostart: bool = False
    """Roll as soon as the ports are open (a MIDI clock that starts takes over)."""
    link: bool = False
    """Be in the Ableton Link session from the start; needs the `link` extra."""


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
    voices: dict[str, str] = {}
    """Voice -> the pack that plays it, where that is not `pack`."""
    keep: Annotated[int, msgspec.Meta(ge=1, le=16)] = 3
    """Packs held in memory; beyond that the one not played for longest goes."""
    memory: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 4096
    """Megabytes that the models may take on the processor's side, where the system can bound that; 0: no bound."""


class Osc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The OSC surface."""

    enabled: bool = True
    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback lets your network control the band."""
    port: Port = 9270


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page in the browser, and OSCQuery on the same port."""

    enabled: bool = True
    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback lets your network see and control the band."""
    port: Port = 9272
    advertise: bool = False
    """Make OSCQuery and OSC known by zeroconf; needs the `discover` extra."""


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the resident daemon tells, kept in a file."""

    file: str = ""
    """Path of the file; "auto": the platform's place for it; "": none."""
    kilobytes: Annotated[int, msgspec.Meta(ge=16, le=1_000_000)] = 1024
    """Size at which the file is set aside for a new one."""
    kept: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    """Files that were set aside and are kept."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of the resident daemon's runs, to be played again by `antiphon replay`."""

    session: bool = False
    """Keep a session log of every run (a jam leaves one in any case)."""
    folder: str = ""
    """Folder for them; "": the platform's place for data."""
    megabytes: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 256
    """Size at which a log ends, and which all of them together keep to: the oldest go."""


class Daw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The music program whose tempo, key and tracks are heard by OSC, on this machine only; notes go by MIDI."""

    name: Literal["none", "auto", "ableton", "ardour", "bitwig", "reaper"] = "none"
    """Which one; "auto": whichever answers first."""
    send: Port = 0
    """UDP port that it listens on; 0: its usual one."""
    listen: Port = 0
    """UDP port that it answers to; 0: its usual one."""
    key: bool = True
    """Take over its key and scale, where it has one."""
    tracks: dict[str, str] = {}
    """Voice -> name of the track that takes its clips; "Antiphon lead" and so on where none is named."""
    fire: bool = False
    """Start a clip that was written at once."""
    wire: bool = False
    """Let its tracks of those names hear our ports, where it lets that be chosen (Ableton Live)."""
    folder: str = ""
    """Folder for what is kept, and for clips on their way; "": the platform's place for data."""


class Texture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sound that follows the jam, from an audio process of its own."""

    pack: str = ""
    """Name of a sounding pack, or its folder; "": no texture, and no process for it."""
    output: Literal["auto", "jack", "device", "none"] = "auto"
    """Where it goes; "auto": JACK where a server runs, else a sound device (needs the `audio` extra), else nowhere."""
    seeds: str = ""
    """Folder of sounds of your own that it can take after; all but integer WAV needs the `audio` extra."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be configured. `knobs` holds first values of the parameter table by path."""

    midi: Midi = Midi()
    clock: Clock = Clock()
    engine: Engine = Engine()
    osc: Osc = Osc()
    page: Page = Page()
    log: Log = Log()
    record: Record = Record()
    daw: Daw = Daw()
    texture: Texture = Texture()
    preset: str = ""
    """Name of a preset to begin with; what `knobs` says holds all the same."""
    knobs: dict[str, Value] = {}


def settings_file(path: Path | None = None) -> Path:
    """The file given, or the one in the usual place."""
    return path if path is not None else config_folder() / "config.toml"


def load(path: Path | None = None) -> Settings:
    """Read the settings from a file, or from the usual place if there is one. Raises SettingsError."""
    file = settings_file(path)
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


def log_file(name: str = "auto") -> Path:
    """The log of that name; for "auto", the one in the platform's place."""
    if name != "auto":
        return Path(name).expanduser()
    folder = _home("log") or Path(platformdirs.user_log_dir("antiphon", appauthor=False))
    return folder / "antiphon.log"


def session_folder(settings: Settings) -> Path:
    """Where the session logs of resident runs lie."""
    named = settings.record.folder
    own = _home("sessions") or Path(platformdirs.user_data_dir("antiphon", appauthor=False)) / "sessions"
    return Path(named).expanduser() if named else own


def kept_folder(settings: Settings) -> Path:
    """Where what is kept lies, each time in a folder of its own."""
    named = settings.daw.folder
    own = _home("kept") or Path(platformdirs.user_data_dir("antiphon", appauthor=False)) / "kept"
    return Path(named).expanduser() if named else own


def taste_file() -> Path:
    """Where likes and profiles are kept."""
    return (_home("taste") or Path(platformdirs.user_data_dir("antiphon", appauthor=False))) / "taste.sqlite3"


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
