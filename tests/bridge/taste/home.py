"""A daemon's inside for the tests: table, console and band, and a taste beside them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bridge.clock.tempo_map import TempoMap
from bridge.engine.protocol import Describe
from bridge.jam.floor import Floor
from bridge.music.note import Note, Voice
from bridge.music.turn import Who
from bridge.taste.side import TasteSide
from bridge.wire.protocol import Map, Sent
from tests.bridge.control.stage import Stage

WAIT = 10.0


class Home(Stage):
    """`asked` is what the engine was asked, `turned` how often the knobs were read again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "config")
        self.asked: list[Describe] = []
        self.turned = 0
        self.file = folder / "taste.sqlite3"
        self.wall = 0.0
        self.side = TasteSide(self, self.file, self._turn, self.asked.append, lambda: "vae", self._wall)
        self._ids = 0

    @property
    def tell(self) -> Callable[[str], object]:
        return self.told.append

    def roll(self) -> None:
        """The music begins."""
        self.band.from_wire(Map(TempoMap(epoch=1, time=self.clock.time, bpm=120.0, playing=True), "internal", 0.0))

    def plays(self, *pitches: int, step: float = 0.5) -> None:
        """The band plays a line, and time passes with it."""
        for pitch in pitches:
            self._ids += 1
            note = Note(Voice.LEAD, self.band.beat, step * 0.9, pitch, 80)
            self.band.from_wire(Sent(self._ids, self._ids, note, 0.0, False))
            self.clock.time += step * 60.0 / 120.0

    def hand_over(self, who: Who) -> None:
        """It is somebody's turn from now on."""
        self.band.conductor.floor = Floor(who)
        self.side.step()

    async def written(self, likes: int, dislikes: int = 0) -> None:
        """Wait until so much has been written down."""
        await self.until(lambda: (self.side.state.likes, self.side.state.dislikes) == (likes, dislikes))

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""

        async def wait() -> None:
            while not holds():
                await asyncio.sleep(0.01)

        await asyncio.wait_for(wait(), WAIT)

    def _turn(self) -> None:
        self.turned += 1

    def _wall(self) -> float:
        self.wall += 1.0
        return self.wall


def at_home(folder: Path, live: Callable[[Home], Awaitable[None]]) -> Home:
    """Let something happen while a home's taste is at work."""
    home = Home(folder)

    async def run() -> None:
        home.side.start()
        try:
            await live(home)
        finally:
            home.side.stop()

    asyncio.run(run())
    return home
