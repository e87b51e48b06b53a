"""The desk's side of the lanes: it finds the program, and takes its news to the clock and the parameter table."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bridge.clock.daw import Observation
from bridge.control.parameters import ParameterTable
from bridge.daw.base import Can, Clip, Ears, Lane
from bridge.daw.known import DAWS, make
from bridge.daw.null import NullLane
from bridge.daw.sliders import SOURCE, SliderEar
from bridge.errors import DawError
from bridge.music.key import TONICS, Key
from bridge.music.note import BAND, Voice
from bridge.settings import Daw
from bridge.wire.protocol import Observe

POLL = 0.1
"""Seconds between two looks at the lane."""
PROBE = 0.7
"""Seconds that a program has to answer, where any will do."""
AGAIN = 5.0
"""Seconds until the search, or the opening of a port that was taken, is tried again."""


class DawSide:
    """Runs one lane within the desk's loop; `send` reaches the wire, `inbox` is where clips are left as files."""

    def __init__(
        self,
        settings: Daw,
        table: ParameterTable,
        send: Callable[[Observe], object],
        tell: Callable[[str], object],
        inbox: Path,
    ) -> None:
        self._settings = settings
        self._table = table
        self._send = send
        self._tell = tell
        self._inbox = inbox
        self._sliders = SliderEar(table)
        self._task: asyncio.Task[None] | None = None
        self._refused = ""
        self.lane: Lane = NullLane()

    def start(self) -> None:
        """Begin to look for it; needs a running loop."""
        self._task = asyncio.create_task(self._run(), name="daw")

    def stop(self) -> None:
        """Leave it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.lane.close()

    @property
    def name(self) -> str:
        """The program that answers; empty while none does."""
        return self.lane.name if self.lane.found else ""

    def hear_control(self, data: bytes) -> None:
        """A MIDI message on our control port: our sliders in REAPER send there."""
        self._sliders.hear(data)

    async def write(self, clips: Mapping[Voice, Clip]) -> list[str]:
        """Write each voice's clip to its track; what became of each, in words. One that fails costs no other."""
        if not self.lane.found or Can.WRITE not in self.lane.can:
            return []
        told = []
        for voice, clip in clips.items():
            try:
                where = await self.lane.write_clip(self._track(voice), clip, fire=self._settings.fire)
                told.append(f"{self.lane.title}: {where}")
            except DawError as error:
                told.append(str(error))
        return told

    async def wire(self) -> list[str]:
        """Let the tracks of the voices hear our ports; what became of each, in words."""
        told = []
        for voice in BAND:
            try:
                told.append(await self.lane.wire(self._track(voice), voice.value))
            except DawError as error:
                told.append(str(error))
        return told

    def voice(self, track: str) -> Voice:
        """The voice of the band whose track that is; the lead for all others."""
        name = track.casefold().strip()
        return next((voice for voice in BAND if self._track(voice).casefold().strip() == name), Voice.LEAD)

    def _track(self, voice: Voice) -> str:
        return self._settings.tracks.get(voice.value, f"Antiphon {voice.value}")

    async def _run(self) -> None:
        while True:
            names = tuple(DAWS) if self._settings.name == "auto" else (self._settings.name,)
            for name in names:
                await self._follow(name, search=len(names) > 1)
            await asyncio.sleep(AGAIN)

    async def _follow(self, name: str, search: bool) -> None:
        """Run a lane until it cannot be; while searching, only as long as an answer may take where none comes."""
        settings = self._settings
        ports = (0, 0) if search else (settings.send, settings.listen)
        self.lane = make(name, self._ears(name), self._inbox, *ports)
        with contextlib.closing(self.lane):
            try:
                await self.lane.connect()
            except DawError as error:
                if str(error) != self._refused:
                    self._refused = str(error)
                    self._tell(str(error))
                return
            until, wired = time.perf_counter() + PROBE, not self._settings.wire or Can.WIRE not in self.lane.can
            while self.lane.found or not search or time.perf_counter() < until:
                await asyncio.sleep(POLL)
                self.lane.poll(time.perf_counter())
                if self.lane.found:
                    search = False  # it may go and come back
                if self.lane.found and not wired:
                    wired = True
                    for line in await self.wire():
                        self._tell(line)

    def _ears(self, name: str) -> Ears:
        def observe(seen: Observation) -> None:
            self._send(Observe(name, seen.time, seen.beat, seen.bpm, seen.meter, seen.playing))

        return Ears(observe, self._set_key, self._tell, self._table.meter, time.perf_counter)

    def _set_key(self, key: Key | None) -> None:
        """The program's key is the band's until another is set here or there."""
        if self._settings.key:
            self._table.set("key", "auto" if key is None else TONICS[key.tonic], source=SOURCE)
            self._table.set("scale", "auto" if key is None else key.scale, source=SOURCE)
