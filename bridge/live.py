"""`antiphon jam` and `antiphon run`: the daemon on a terminal, from the first line to what is left in a folder."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import FrameType
from typing import Protocol

from bridge.app import Desk
from bridge.health.status import Status, line
from bridge.jam.band import Band
from bridge.music.tunes import Tune
from bridge.record.folder import keep, keep_midi, prepare, report
from bridge.record.session_keeping import LOG, MIDI, discard
from bridge.record.summary import Run, Summary, Typical, percentile, spread
from bridge.settings import Settings
from bridge.terminal import Terminal

ENGINE_PATIENCE = 5.0
"""Seconds a jam waits for its model before it counts in; the vamp plays from then on."""
ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Signals that end us: Ctrl-C, being told to, a closed terminal, and Ctrl-Break on Windows."""


async def run(settings: Settings, terminal: Terminal, log: Path | None = None) -> None:
    """The resident form: until it is told to end; `log` is where a session log is kept.

    Raises AntiphonError where it cannot start.
    """
    with _signals() as ended:
        desk = Desk(settings, terminal.say, records=log is not None, log=log)
        async with _opened(desk, ended) as opened:
            if opened:
                _introduce(desk, terminal)
                await ended.wait()
        if log is not None:
            keep_midi(desk.band.take, log.with_name(MIDI))
            terminal.say(f"session log: {log}")


async def jam(
    settings: Settings,
    terminal: Terminal,
    seconds: float,
    out: Path,
    tune: Tune | None,
    soundfont: Path | None = None,
) -> Summary | None:
    """Play for some seconds (0: until Ctrl-C), leave the files in `out`, and return the summary.

    Told to end before it has begun, it leaves no files and returns None. Raises AntiphonError.
    """
    # What has been played is worth its files: they are written with the signals still held.
    with _signals() as ended:
        prepare(out)
        if soundfont is not None:
            from bridge.record.soundfont import check_soundfont

            check_soundfont(soundfont)
        desk = Desk(settings, terminal.say, tune, log=out / LOG)
        async with _opened(desk, ended) as opened:
            if opened:
                _introduce(desk, terminal)
                if tune is not None:
                    terminal.say(f"no human yet: the built-in player performs «{tune.name}»; play a note to take over")
                await _either(desk.engine_ready, ended, ENGINE_PATIENCE)
            played = not ended.is_set()
            if played:
                desk.start()
                await _watch(desk, terminal, seconds, ended)
        if not played:
            discard(out)
            return None
        desk.band.close()  # now that everything is in the take that is in the log: a replay ends as this did
        figures = _figures(desk.band, desk.status(), desk.provider, desk.system)
        summary = keep(desk.band.take, figures, out, soundfont)
        terminal.say(report(summary, out))
        return summary


async def _watch(desk: Desk, terminal: Terminal, seconds: float, ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds if seconds > 0 else float("inf")
    while not ended.is_set() and (left := until - loop.time()) > 0:
        terminal.status(line(desk.status()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), min(left, terminal.pace))


def _introduce(desk: Desk, terminal: Terminal) -> None:
    ready = desk.band.ready
    if ready is not None:
        terminal.say(f"{ready.reason}; {ready.priority}")
        terminal.say(f"ports: {', '.join(ready.ports)}")
    osc = desk.settings.osc
    if osc.enabled:
        terminal.say(f"OSC: {osc.host}:{osc.port}")
    if desk.page is not None and desk.page.url:
        terminal.say(f"page: {desk.page.url}")


def _figures(band: Band, status: Status, provider: str, system: str) -> Run:
    """What the summary tells beside the notes, from everything that was measured and not the last of it only."""
    metrics, knobs, hits = band.metrics, band.conductor.knobs, band.conductor.hits
    note_ms = list(metrics.note_ms)
    return Run(
        mode=status.mode,
        pack=status.pack,
        provider=provider,
        seed=knobs.seed,
        ports=system,
        key=status.key,
        hit_rate=hits.rate if hits.ticks else None,
        hit_rate_weighted=hits.weighted if hits.ticks else None,
        staleness=hits.staleness if hits.ticks else None,
        stuck_notes=band.stuck,
        dropped_late=metrics.dropped,
        lateness_ms=spread([late * 1000 for late in metrics.lateness]),
        note_ms=Typical(percentile(note_ms, 0.5), percentile(note_ms, 0.99)),
        engine_restarts=metrics.restarts,
    )


class _Opens(Protocol):
    """What is opened and closed; the desk."""

    async def __aenter__(self) -> object: ...

    async def __aexit__(self, *_: object) -> None: ...


@contextlib.asynccontextmanager
async def _opened(desk: _Opens, ended: asyncio.Event) -> AsyncIterator[bool]:
    """Open the desk, and close it in the end; False where it was told to end before it was open."""
    opening = asyncio.create_task(desk.__aenter__())
    ending = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait((opening, ending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        ending.cancel()
        if not opening.done():
            opening.cancel()
            await asyncio.wait((opening,))
    if opening.cancelled():
        yield False
        return
    await opening
    try:
        yield not ended.is_set()
    finally:
        await desk.__aexit__()


async def _either(event: asyncio.Event, other: asyncio.Event, patience: float) -> None:
    """Wait until one of two things happens, or `patience` seconds are over."""
    waits = [asyncio.create_task(each.wait()) for each in (event, other)]
    await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


@contextlib.contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """An event that the signals of `ENDINGS` set, instead of what they do otherwise."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    # A handler may run in the middle of anything the loop does, and while the loop sleeps; this also wakes it.
    def end(_: int, __: FrameType | None) -> None:
        loop.call_soon_threadsafe(ended.set)

    before = {number: signal.getsignal(number) for number in ENDINGS}
    try:
        for number in ENDINGS:
            if not (number.name == "SIGHUP" and before[number] is signal.SIG_IGN):  # nohup: outlive the terminal
                signal.signal(number, end)
        yield ended
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: set by something other than Python, which alone could set it again
                signal.signal(number, handler)
