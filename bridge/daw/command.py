"""`antiphon daw`: which music programs answer, what is wired, and what to click if not."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bridge.daw.base import Can, Ears, Lane
from bridge.daw.datagrams import Datagrams
from bridge.daw.known import DAWS, make
from bridge.daw.reaper_files import lay_out as lay_out_files
from bridge.daw.side import POLL, PROBE
from bridge.errors import DawError, PortError
from bridge.midi.ports import PortInfo
from bridge.midi.system import scan
from bridge.music.meter import Meter
from bridge.osc.packet import Message
from bridge.settings import Settings, kept_folder

ASKED = "/antiphon/status/daw"


class Finding(msgspec.Struct, frozen=True):
    """One program: whether it answers, what it says of itself and its tracks, or what is in the way."""

    name: str
    title: str
    found: bool
    detail: str = ""
    tracks: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    trouble: str = ""
    click: str = ""
    page: str = ""


class Wiring(msgspec.Struct, frozen=True):
    """A port of ours, and what it is connected to."""

    port: str
    connected: tuple[str, ...]


class Report(msgspec.Struct, frozen=True):
    """What `setting` in the configuration asks for, what the running daemon follows, and what was found."""

    setting: str
    daemon: str
    """The program that the running daemon follows; "" where it follows none, or none runs."""
    programs: tuple[Finding, ...]
    wiring: tuple[Wiring, ...]


def examine(settings: Settings) -> Report:
    """Look; takes under a second for each program."""
    return asyncio.run(_examine(settings))


def lay_out(settings: Settings, folder: Path) -> str:
    """Write REAPER's files; in words where they are and what to do with them. Raises DawError."""
    files = lay_out_files(folder, kept_folder(settings) / "inbox")
    lines = [f"  {file}" for file in files]
    return "\n".join(
        [
            "written, for REAPER:",
            *lines,
            "copy these folders into REAPER's resource path (Options, Show REAPER resource path)",
        ]
    )


def is_well(report: Report) -> bool:
    """Whether a program answers, to us or to the running daemon."""
    return bool(report.daemon) or any(program.found for program in report.programs)


def as_json(report: Report) -> str:
    """The report for programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def as_text(report: Report) -> str:
    """The report for people."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    if report.daemon:
        yield f"the running Antiphon hears {report.daemon}"
    elif report.setting == "none":
        yield 'no program is followed: set name = "auto" under [daw] in the configuration'
    for program in report.programs:
        if program.found:
            detail = f" {program.detail}" if program.detail else ""
            yield f"found   {program.title}{detail}: {', '.join(program.can)}"
            if program.tracks:
                yield f"        tracks: {', '.join(program.tracks)}"
        else:
            yield f"absent  {program.title}"
            yield f"        {program.trouble or program.click}"
            yield f"        {program.page}"
    if not report.wiring:
        yield "no ports of ours: start Antiphon (`antiphon run`), then wire its ports to your tracks"
    for wire in report.wiring:
        yield f"port    {wire.port}  {'<-> ' + ', '.join(wire.connected) if wire.connected else 'not connected'}"


async def _examine(settings: Settings) -> Report:
    wanted = settings.daw.name
    names = [wanted] if wanted in DAWS else list(DAWS)
    daemon = await _ask_daemon(settings)
    programs = [await _look(name, settings) for name in names if name != daemon]
    return Report(wanted, daemon, tuple(programs), await asyncio.to_thread(_wiring, settings))


async def _look(name: str, settings: Settings) -> Finding:
    known, title = DAWS[name], DAWS[name].lane.title
    ears = Ears(_ignore, _ignore, _ignore, Meter, time.perf_counter)
    own = settings.daw.name == name
    ports = (settings.daw.send, settings.daw.listen) if own else (0, 0)
    lane = make(name, ears, kept_folder(settings) / "inbox", *ports)
    try:
        await lane.connect()
        until = time.perf_counter() + PROBE
        while not lane.found and time.perf_counter() < until:
            await asyncio.sleep(POLL / 2)
        if not lane.found:
            return Finding(name, title, False, click=known.click, page=known.page)
        return Finding(name, title, True, lane.detail, await _tracks(lane), _abilities(lane.can), page=known.page)
    except DawError as error:
        return Finding(name, title, False, trouble=str(error), click=known.click, page=known.page)
    finally:
        lane.close()


async def _tracks(lane: Lane) -> tuple[str, ...]:
    try:
        return tuple(track.name for track in await lane.tracks())
    except DawError:
        return ()


async def _ask_daemon(settings: Settings) -> str:
    """What the running daemon follows."""
    if not settings.osc.enabled or settings.osc.port == 0:
        return ""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def deliver(message: Message) -> None:
        if message.address == ASKED and message.arguments and not answer.done():
            answer.set_result(str(message.arguments[0]))

    wire = Datagrams(settings.osc.port, 0, deliver)
    await wire.open("Antiphon")
    try:
        wire.send(Message(ASKED))
        return await asyncio.wait_for(answer, PROBE)
    except TimeoutError:
        return ""
    finally:
        wire.close()


def _wiring(settings: Settings) -> tuple[Wiring, ...]:
    try:
        ports: list[PortInfo] = list(scan(settings.midi.system))
    except PortError:
        return ()
    return tuple(Wiring(info.name, info.connected) for info in ports if info.ours)


def _abilities(can: Can) -> tuple[str, ...]:
    return tuple((ability.name or "").lower() for ability in Can if ability in can and ability.value)


def _ignore(_: object) -> None:
    """What is told while we look is of no interest."""
