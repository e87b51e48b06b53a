"""What the desk has of all this: it follows the program that the settings name, and keeps what just happened."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from bridge.control.parameters import ParameterTable
from bridge.daw.keep import keep_last
from bridge.daw.kept_folder import write_kept
from bridge.daw.prompt import Prompts
from bridge.daw.side import DawSide
from bridge.errors import AntiphonError
from bridge.jam.band import Band
from bridge.midi.ports import CONTROL
from bridge.settings import Settings, kept_folder
from bridge.wire.protocol import FromWire, Input, Observe, Play

INBOX = "inbox"
"""Folder, within that of what was kept, for clips on their way into a program."""


class Keeping:
    """Keeps into a folder of its own each time, and as clips where a program takes them, without holding up the music.

    `side` is there only where the settings want a program.
    """

    def __init__(
        self,
        settings: Settings,
        table: ParameterTable,
        band: Band,
        send: Callable[[Observe | Play], object],
        tell: Callable[[str], object],
    ) -> None:
        self._band = band
        self._folder = kept_folder(settings)
        self._tell = tell
        wanted = settings.daw.name != "none"
        self.side = DawSide(settings.daw, table, send, tell, self._folder / INBOX) if wanted else None
        self.prompts = Prompts(self.side, band, send, tell)
        self._task: asyncio.Task[None] | None = None
        self.last = ""
        """The folder of what was kept last."""

    def start(self) -> None:
        """Begin to look for the program; needs a running loop."""
        if self.side is not None:
            self.side.start()

    def stop(self) -> None:
        """Let go of what is being written or read, and of the program."""
        self.prompts.stop()
        if self._task is not None:
            self._task.cancel()
        if self.side is not None:
            self.side.stop()

    @property
    def program(self) -> str:
        """The program that answers; empty while none does."""
        return "" if self.side is None else self.side.name

    def from_wire(self, message: FromWire) -> None:
        """What came in on our control port may be from our sliders in the program."""
        if self.side is not None and isinstance(message, Input) and message.port == CONTROL:
            self.side.hear_control(message.data)

    def keep(self, bars: int) -> None:
        """Begin to keep the last bars; while the ones before are still being written, say so."""
        if self._task is not None and not self._task.done():
            self._tell("what was to be kept before is still being written; ask again")
            return
        self._task = asyncio.create_task(self.done(bars), name="keep")

    async def done(self, bars: int) -> None:
        """Keep the last bars, and tell what became of them."""
        folder = self._folder / _free_name(self._folder)
        band = self._band
        try:
            # Cutting a long take up, and the files, take longer than a note may wait.
            kept = await asyncio.to_thread(keep_last, band.take, bars, band.beat, folder.name, band.conductor.key())
            await asyncio.to_thread(write_kept, kept, folder)
        except AntiphonError as error:
            self._tell(f"nothing was kept: {error}")
            return
        self.last = str(folder)
        self._tell(f"kept {len(kept.bars)} bars of {', '.join(kept.clips)}: {folder}")
        if self.side is not None:
            for line in await self.side.write(kept.clips):
                self._tell(line)


def _free_name(folder: Path) -> str:
    """A name with the time in it that is not taken."""
    stem = time.strftime("kept-%Y%m%d-%H%M%S")
    name, number = stem, 1
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}"
    return name
