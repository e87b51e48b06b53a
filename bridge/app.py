"""The composition root: settings in, running daemon out. The only place that knows everybody."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge import settings as places
from bridge.casting import Casting
from bridge.clock.tempo_map import TempoMap
from bridge.control.console import Console
from bridge.control.grooves import Grooves
from bridge.control.offsets import PortOffsets
from bridge.control.parameters import ParameterTable
from bridge.control.pedals import Phrases
from bridge.control.rows import FREEZE
from bridge.control.rows_time import LINK
from bridge.crew import Crew
from bridge.daw.keeper import Keeping
from bridge.engine.catalogue import find
from bridge.engine.protocol import Load
from bridge.health.notices import Notices
from bridge.health.status import Status, status
from bridge.jam.baton import Baton
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.lines import FromChild
from bridge.lineup import line_up
from bridge.lock import DaemonLock
from bridge.midi.ports import controls
from bridge.music.tunes import Tune
from bridge.osc.server import OscServer
from bridge.pulse import Pulse
from bridge.record.session_band import SessionBand
from bridge.record.session_engine import identity
from bridge.record.session_keeping import Keeper
from bridge.roadie import Roadie
from bridge.settings import Settings
from bridge.soon import Soon
from bridge.sound.side import TextureSide
from bridge.switchboard import Switchboard
from bridge.taste.side import TasteSide
from bridge.web.house import Watcher
from bridge.web.side import WebSide
from bridge.wire.protocol import (
    Locate,
    Panic,
    Play,
    Resume,
    Show,
    Start,
    Stop,
)
from bridge.wire.setup import Setup

TICK = 0.02
"""Seconds between decisions while the music plays."""
IDLE = 1.0
"""Seconds between looks while it does not; messages and knobs are heeded at once either way."""
KNOBS = 0.02
"""Seconds from one time that turned knobs are heeded to the next."""


class Desk:
    """The running daemon. `async with` starts and ends it; `say` shows the user a line.

    With a tune, the built-in player performs it until somebody plays; with `records` the take keeps everything, and
    with `log` a session log is written there.
    """

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], object],
        tune: Tune | None = None,
        records: bool = True,
        log: Path | None = None,
    ) -> None:
        self.settings = settings
        self.notices = Notices(say, time.monotonic)
        self.tell = self.notices.tell
        self.table = ParameterTable()
        self._offsets = PortOffsets(self.table, settings.midi.offset_ms, self._to_wire)
        self._grooves = Grooves(self.table, self._to_wire)
        if settings.clock.link:
            self.table.set(LINK, True)
        for name, value in settings.knobs.items():
            self.table.set(name, value)
        bars = int(self.table.get("trade_bars")) if self.table.get("mode") == "trade" else None
        guest = None if tune is None else lambda plan: Guest(plan, tune, bars)
        self._keeper = None if log is None else Keeper(log, settings, tune, bars, self._tell_from_thread)
        keep = None if self._keeper is None else self._keeper.add
        self.band = SessionBand(self._to_wire, self._to_engine, time.perf_counter, self.tell, guest, records, keep)
        self.baton = Baton(self.table, self.band, self._to_wire)
        self._keeping = Keeping(settings, self.table, self.band, self._to_wire, self.tell)
        self.crew = Crew(_setup(settings), self._heard, self._engine_ended, self.tell)
        """The wire and the engine."""
        self._roadie = Roadie(
            settings.engine,
            self._brief_engine,
            self.crew.kill_engine,
            lambda: (tuple(self.band.memory), self.band.heard),
            self.tell,
            time.monotonic,
            self.crew.engine_queued,
        )
        self.console = Console(
            self.table,
            self,
            places.config_folder(),
            lambda messages: self._to_wire(Show(messages)),
            self._later,
            time.perf_counter,
            self.tell,
            controls(settings.midi.controls),
        )
        folders = places.pack_folders(settings)
        self.console.also({}, self._keeping.prompts.named, {})
        self._casting = Casting(
            self.table, self.console.pack_knobs, self._roadie, folders, self._apply_knobs, self.tell
        )
        self.console.casting = self._casting
        self._taste = TasteSide(
            self, places.taste_file(), self._apply_knobs, self._to_engine, lambda: self._casting.default
        )
        self._texture = TextureSide(
            settings.texture, folders, self.table, self.band, self.crew.to_sound, self.tell, time.monotonic
        )
        self.switchboard = Switchboard(
            crew=self.crew,
            band=self.band,
            baton=self.baton,
            offsets=self._offsets,
            grooves=self._grooves,
            keeping=self._keeping,
            console=self.console,
            roadie=self._roadie,
            casting=self._casting,
            taste=self._taste,
            texture=self._texture,
            tell=self.tell,
        )
        if self._texture.wanted:
            self.crew.with_sound(self.switchboard.sound_ended)
        self.page: WebSide | None = None
        """The page, where it is served."""
        self._pulse: Pulse | None = None
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> "Desk":
        """Take the lock, start the children, open the ports and the OSC surface. Raises AntiphonError."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._unexpected)
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(DaemonLock(places.state_folder()))
            if self._keeper is not None:
                self._keeper.open()
                stack.callback(self._end_log)
            self._hire()
            stack.callback(self._roadie.close)
            self.crew.start(stack)
            self._apply_knobs()
            turned = Soon(self._turned, KNOBS)
            stack.callback(turned.cancel)
            stack.callback(self.table.subscribe(lambda _: turned.ask()))
            if self.settings.osc.enabled:
                osc = OscServer(self.table, self, self.tell, self.settings.osc.host, self.settings.osc.port)
                await osc.start()
                stack.callback(osc.stop)
            self._keeping.start()
            stack.callback(self._keeping.stop)
            self._taste.start()
            stack.callback(self._taste.stop)
            if self.settings.page.enabled:
                self.page = WebSide(self, self.settings.page, self.settings.osc, self.tell)
                stack.push_async_callback(self.page.stop)
                await self.page.start()
            await self.crew.wait_for_ports()
            self._pulse = Pulse(self._step)
            stack.callback(self._pulse.stop)
            self._stack = stack.pop_all()
        if self.settings.clock.autostart:
            self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every note and port, end the children."""
        await self._stack.aclose()

    @property
    def engine_ready(self) -> asyncio.Event:
        """Set once a pack has answered, or none can."""
        return self.switchboard.engine_ready

    @property
    def system(self) -> str:
        """The MIDI system that was opened; "none" before."""
        return self.switchboard.system

    @property
    def provider(self) -> str:
        """The provider that the model last ran on; "none" where it never ran."""
        return self.switchboard.provider

    # What a surface can ask for (the OSC server's Actions).

    def start(self) -> None:
        """Roll from the top, after the count-in."""
        self._apply_knobs()  # what was set in the same breath counts
        self._to_wire(Start(float(self.table.get("count_in")) * self.table.meter().bar))

    def resume(self) -> None:
        """Roll from where the song stands."""
        self._to_wire(Resume())

    def stop(self) -> None:
        """Stop our own clock."""
        self._texture.stop()
        self._to_wire(Stop())

    def locate(self, beat: float) -> None:
        """Go to a beat of the song."""
        self._to_wire(Locate(beat))

    def tap_tempo(self) -> None:
        """The tempo was tapped, now."""
        self.baton.tap(time.perf_counter())

    def swap(self, pack: str) -> None:
        """Play with another pack, by its name or folder; the one before plays on until it is ready.

        Raises PackError where there is none of that name.
        """
        self._roadie.want(find(pack, places.pack_folders(self.settings)))

    def panic(self) -> None:
        """Silence now: nothing is repeated any more, and a band that plays alone rests until a bar begins."""
        self.band.panic()

    def keep(self, bars: int) -> None:
        """Keep the last bars that the band played."""
        self._keeping.keep(bars)
        self._taste.kept(bars)

    @property
    def kept(self) -> str:
        """The folder of what was kept last; empty before."""
        return self._keeping.last

    def press(self, data: bytes) -> None:
        """A MIDI message of the player that came in by no port."""
        self._to_wire(Play(data))

    def watch(self, watcher: Watcher | None) -> None:
        """Tell `watcher` what the wire says, after the band has taken it in; None: nobody any more."""
        self.switchboard.watcher = watcher

    def do(self, name: str, argument: str | None = None) -> None:
        """Do one of the console's deeds. Raises SettingsError."""
        self.console.do(name, argument)

    def ask(self, name: str) -> tuple[str, ...]:
        """What one of the console's deeds answers."""
        return self.console.ask(name)

    def position(self) -> tuple[float, TempoMap]:
        """Where the music is: the stage beat now, and the map."""
        return self.band.beat, self.band.map

    @property
    def phrases(self) -> Phrases:
        """The band's slots, and what it repeats."""
        return self.band

    def status(self) -> Status:
        """What there is to know."""
        now = status(self.band, Path(self.settings.engine.pack).name, self._keeping.program)
        return msgspec.structs.replace(now, **msgspec.structs.asdict(self._texture.reading()))

    def _hire(self) -> None:
        """Have the packs of the line-up loaded."""
        lineup = line_up(self.settings.engine, places.pack_folders(self.settings), self.tell)
        if lineup.default is None:
            self.engine_ready.set()
        else:
            self._roadie.want(lineup.default)
        self._casting.open(lineup)
        self.console.open(self.settings.preset, self.settings.knobs)

    def _step(self) -> float:
        """Decide, and say in how many seconds to decide again; a fault in a decision is told, and more follow."""
        try:
            self.band.step()
            self.console.step(self.band.conductor.horizon.seconds)
            self._taste.step()
            self._texture.step()
        except Exception as error:
            self.tell(f"a decision failed ({error!r}); the band plays on, but please report this")
        conductor = self.band.conductor
        self._roadie.step(conductor.overdue(time.perf_counter()), conductor.horizon.p95)
        return TICK if self.band.map.playing else IDLE

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """What no one caught: told in one line, never the end of the daemon."""
        self.tell(f"{context.get('exception') or context.get('message')!r}; the band plays on, but please report this")

    def _turned(self) -> None:
        """A knob was turned."""
        self._apply_knobs()
        if self._pulse is not None:
            self._pulse.wake()

    def _apply_knobs(self) -> None:
        """Bring clock and band in line with the parameter table."""
        self.baton.apply()
        self._offsets.apply()
        self._grooves.apply()
        self.band.choose_click(str(self.table.get("click")))
        self._casting.choose(*self.position())
        packs = self._casting.lineup.packs
        self.band.choose_voices({voice: packs[voice] for voice in packs if self.table.get("on", voice)})
        knobs = Knobs.of(self.table, self._casting.knobs())
        self.band.turn_knobs(msgspec.structs.replace(knobs, liking=self._taste.liking))

    def _later(self, seconds: float, function: Callable[[], object]) -> object:
        return asyncio.get_running_loop().call_later(seconds, function)

    def _heard(self, role: str, message: FromChild | None) -> None:
        self.switchboard.heard(role, message)
        if self._pulse is not None:
            self._pulse.wake()

    def _engine_ended(self, code: int) -> None:
        self.switchboard.engine_ended(code)

    def _to_wire(self, message: msgspec.Struct) -> None:
        self.crew.to_wire(message)
        if isinstance(message, Panic):  # whoever asked for it, a surface or a message on a control port
            self.table.set(FREEZE, False)
            self._texture.panic()

    def _to_engine(self, message: msgspec.Struct) -> None:
        self.crew.to_engine(message)

    def _brief_engine(self, message: msgspec.Struct) -> None:
        """Tell the engine what to load; a replay has to know when, and what it then knew."""
        if isinstance(message, Load) and self._keeper is not None:
            self.band.introduce(message, identity(Path(message.pack)))
        self._to_engine(message)

    def _tell_from_thread(self, text: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self.tell, text)

    def _end_log(self) -> None:
        if self._keeper is not None:
            try:
                self._keeper.close()
            except OSError as error:
                self.tell(f"the session log has no proper end ({error.strerror or error}), but can be replayed")


def _setup(settings: Settings) -> Setup:
    midi, ledger = settings.midi, places.state_folder() / "ledger"
    return Setup(midi.system, midi.client, midi.one_port, midi.opens, midi.controls, str(ledger))
