"""Keeping a session: where the logs of the daemon lie, what they begin with, and what is left beside one at the end."""

import platform
import re
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from bridge import __version__
from bridge.music.tunes import Tune
from bridge.record.session import Header, Taken
from bridge.record.session_controls import Controls
from bridge.record.session_file import SUFFIX, SessionFile
from bridge.settings import Settings

LOG, MIDI, CONTROLS = f"session{SUFFIX}", "session.mid", "controls.json"
NAMED = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d")
"""Names of the folders that runs leave: the moment at which they began."""
RUNTIMES = ("onnxruntime", "onnxruntime-gpu", "numpy")


class Keeper:
    """Writes the log of a run to `path`, from `open` to `close`.

    `trouble` is told, from a thread, why a log ends early.
    """

    def __init__(
        self,
        path: Path,
        settings: Settings,
        tune: Tune | None,
        bars: int | None,
        trouble: Callable[[str], object],
    ) -> None:
        self.path = path
        self._trouble = trouble
        self._limit = settings.record.megabytes << 20
        self._header = Header(
            began=datetime.now().astimezone().isoformat(timespec="seconds"),
            versions=versions(),
            system=f"{platform.system()} {platform.release()} {platform.machine()}",
            settings=msgspec.to_builtins(settings),
            tune=None if tune is None else tune.name,
            bars=bars,
        )
        self._controls = Controls(self._header)
        self._file: SessionFile | None = None

    def open(self) -> None:
        """Begin, in the place of a log that may lie there. Raises SessionError."""
        self._file = SessionFile(self.path, self._header, self._trouble, self._limit)

    def add(self, entry: Taken) -> None:
        """Keep what the band took in."""
        if self._file is not None:
            self._file.add(entry)
            self._controls.add(entry)

    def close(self) -> None:
        """End the log, and leave `controls.json` beside it. Raises OSError."""
        if self._file is not None:
            self._file.close()
            self._controls.write(self.path.with_name(CONTROLS))


def place(folder: Path, megabytes: int) -> Path:
    """Where the log of a run that begins now is to lie in `folder`; the oldest there make room for it."""
    _prune(folder, megabytes << 20)
    return folder / datetime.now().strftime("%Y-%m-%dT%H-%M-%S") / LOG


def versions() -> dict[str, str]:
    """What a replay depends on, as far as it is installed."""
    found = {"antiphon": __version__, "python": platform.python_version()}
    for name in RUNTIMES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def discard(folder: Path) -> None:
    """Remove a log and what belongs to it: nothing has been played."""
    for file in _files(folder):
        file.unlink(missing_ok=True)


def _prune(folder: Path, limit: int) -> None:
    """Remove what the oldest runs have left in a folder of ours until the rest has at most `limit` bytes."""
    runs = sorted((run for run in folder.glob("*") if NAMED.fullmatch(run.name) and run.is_dir()), reverse=True)
    total = 0
    for run in runs:
        total += sum(file.stat().st_size for file in _files(run))
        if total > limit:
            discard(run)
            if not any(run.iterdir()):
                run.rmdir()


def _files(folder: Path) -> list[Path]:
    return [file for pattern in (f"session*{SUFFIX}*", MIDI, CONTROLS) for file in folder.glob(pattern)]
