"""`antiphon bench`: what was asked for goes in; a table, files and what is remembered come out."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bridge.bench.bench import FULL, LONG, QUICK, Bench, Wanted
from bridge.bench.plot import write_plot
from bridge.bench.report import Report, write_json
from bridge.bench.table import table
from bridge.engine.catalogue import find, packs
from bridge.engine.choice import remember
from bridge.engine.pack import SOUNDING, pack_sha, read_card
from bridge.errors import AlreadyRunningError, PackError, SettingsError
from bridge.lock import DaemonLock
from bridge.settings import Settings, pack_folders, state_folder
from bridge.terminal import Terminal


class Options(msgspec.Struct, frozen=True):
    """What the command line says."""

    json: Path | None = None
    plot: Path | None = None
    provider: str | None = None
    pack: str | None = None
    quick: bool = False
    peers: bool = False
    pythons: tuple[Path, ...] = ()
    """Where peers may be installed; none: the first `python3` there is."""
    long: bool = False


def bench(settings: Settings, options: Options, terminal: Terminal) -> str:
    """Measure, write the files asked for, remember which provider is quick; returns the table.

    Raises AntiphonError, and KeyboardInterrupt once everything that was started is gone.
    """
    if options.quick and options.long:
        raise SettingsError("--quick and --long ask for opposite things; say one of them, or neither")
    folders = chosen(settings, options.pack)
    for file in (options.json, options.plot):
        if file is not None and not file.absolute().parent.is_dir():
            raise SettingsError(f"there is no folder {file.absolute().parent} to write {file.name} in; make it first")
    wanted = Wanted(
        packs=folders,
        provider=options.provider,
        system=settings.midi.system,
        lengths=QUICK if options.quick else LONG if options.long else FULL,
        peers=options.peers,
        pythons=options.pythons or (Path("python3"),),
    )
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # everything that was started is to be ended
    _warn_of_a_daemon(terminal)
    report = asyncio.run(Bench(wanted, terminal.say).run())
    _remember(report, folders)
    try:
        if options.json is not None:
            write_json(report, options.json)
    except OSError as error:
        raise SettingsError(f"{options.json} cannot be written ({error.strerror or error})") from None
    if options.plot is not None:
        write_plot(report, options.plot)
    return table(report)


def chosen(settings: Settings, name: str | None) -> dict[str, Path]:
    """The packs to measure by name, the one in the settings first. Raises PackError for one that is not there."""
    extra = pack_folders(settings)
    if name is not None:
        folder = find(name, extra)
        return {folder.name: folder}
    there = {name: folder for name, folder in packs(extra).items() if _plays(folder)}
    if not there:
        raise PackError("there is no pack to measure; get one, or name its folder with --pack")
    return dict(sorted(there.items(), key=lambda item: item[0] != settings.engine.pack))


def _plays(folder: Path) -> bool:
    """Whether a pack makes notes; one that cannot be read is told of when it is measured."""
    try:
        return read_card(folder).family not in SOUNDING
    except PackError:
        return True


def _remember(report: Report, folders: Mapping[str, Path]) -> None:
    """Keep what was measured, for `provider = "auto"`."""
    for name, providers in report.span_ms.items():
        for provider, cost in providers.items():
            remember(pack_sha(folders[name]), provider, cost.p50)


def _warn_of_a_daemon(terminal: Terminal) -> None:
    """Say so where a daemon runs beside: the bench has a home and a name of its own, but shares the machine."""
    try:
        with DaemonLock(state_folder()):
            pass
    except AlreadyRunningError as error:
        terminal.say(f"beside the bench {str(error)[0].lower()}{str(error)[1:].split(';')[0]}: it is measured with it")
