"""REAPER: its own OSC for transport, tempo and track names; clips go as files to a script of ours that runs in it."""

import asyncio
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bridge.daw.base import Can, Clip, Ears, Track, track_called
from bridge.daw.osc_lane import ANSWER, Arguments, Handler, OscLane
from bridge.daw.position import song_beat
from bridge.errors import DawError
from bridge.osc.packet import Message

REFRESH = Message("/action", (41743,))
"""«Control surface: refresh all surfaces»: makes it say everything."""
TRACKS = 64
"""Tracks whose names are told; without being asked it tells those of eight."""
FRAME = "/update"
"""What Bitwig's controller says and REAPER does not."""
JOB, ANSWERED = ".phrase", ".answer"
"""Endings of what we leave for the script, and of what it leaves for us."""
STEP = 0.1
"""Seconds between two looks for its answer."""
SCRIPT = 3.0
"""Seconds that it may take, times the patience: it looks four times a second."""
FORMAT = "antiphon-phrase 1"

_NAME = re.compile(r"/track/(\d+)/(name|recarm)")
_UNSAFE = re.compile(r"[^\w.-]+")


class ReaperLane(OscLane):
    """REAPER 6 and later with an OSC control surface that uses our pattern file, or its own default."""

    name = "reaper"
    title = "REAPER"
    can = Can.TIME | Can.TRACKS | Can.WRITE
    ports = (8000, 9000)
    probe = (REFRESH,)
    greeting = (Message("/device/track/count", (TRACKS,)), REFRESH)
    quiet, gone = 5.0, 12.0

    def __init__(
        self, ears: Ears, send: int = 0, listen: int | None = None, patience: float = ANSWER, inbox: Path | None = None
    ) -> None:
        super().__init__(ears, send, listen, patience)
        self._inbox = inbox

    def dialect(self) -> Mapping[str, Handler]:
        """The transport; names are kept as they come."""
        return {
            "/play": self.hear_playing,
            "/tempo/raw": self.hear_tempo,
            "/beat/str": self._hear_position,
        }

    def hear(self, message: Message) -> None:
        """Keep what is told of the tracks, too."""
        if message.address == FRAME:
            self._stranger = True
        super().hear(message)
        found = _NAME.fullmatch(message.address)
        if found is not None and self.found and message.arguments:
            self._rows.setdefault(int(found[1]), {})[found[2]] = message.arguments[0]

    def belongs(self, message: Message) -> bool:
        """Nothing of a Bitwig that answers on the same port."""
        return not self._stranger and message.address.startswith("/")

    async def tracks(self) -> tuple[Track, ...]:
        """The named tracks among the first that are told, after a look at all of them anew."""
        await self._ask(REFRESH, reply="/tempo/raw")
        await asyncio.sleep(min(STEP, self._patience))  # the names come in the same breath
        return tuple(
            Track(index, str(row["name"]), armed=bool(row.get("recarm")))
            for index, row in sorted(self._rows.items())
            if row.get("name")
        )

    async def write_clip(self, track: str, clip: Clip, slot: int | None = None, fire: bool = False) -> str:
        """Have the script insert an item at the song beat at which it was played; `slot` and `fire` mean nothing here.

        The script adds a track of that name where there is none, and does all of it in one undo step.
        """
        if self._inbox is None:
            raise DawError("there is no folder for phrases; set `folder` under [daw]")
        if "\n" in track or "\n" in clip.name:
            raise DawError("a track's or a phrase's name has to be one line")
        known = [Track(index, str(row.get("name", ""))) for index, row in self._rows.items() if row.get("name")]
        meant = track_called(track, tuple(known), self.title).name if _has(track, known) else track
        job = self._inbox / f"{_UNSAFE.sub('-', clip.name) or 'phrase'}{JOB}"
        answer = job.with_suffix(ANSWERED)
        await asyncio.to_thread(_leave, job, answer, "\n".join(_lines(meant, clip)) + "\n")
        for _ in range(max(1, round(SCRIPT * self._patience / STEP))):
            words = await asyncio.to_thread(_take, answer)
            if words.startswith("ok "):
                return f"{meant}, beat {clip.song + 1:g}"
            if words:
                raise DawError(f"{self.title} could not insert «{clip.name}»: {words[:200]}")
            await asyncio.sleep(min(STEP, self._patience))
        await asyncio.to_thread(_remove, job)
        raise DawError(
            f"{self.title} took no notice of «{clip.name}»: run the script antiphon_phrases.lua in it (Actions, Show "
            "action list); `antiphon daw --files FOLDER` makes it"
        )

    def _forget(self) -> None:
        super()._forget()
        self._rows: dict[int, dict[str, object]] = {}
        self._stranger = False

    def _hear_position(self, given: Arguments) -> None:
        if given:
            self._place(song_beat(str(given[0]), self._ears.meter()))


def _has(name: str, tracks: list[Track]) -> bool:
    return any(track.name.casefold().strip() == name.casefold().strip() for track in tracks)


def _lines(track: str, clip: Clip) -> Iterator[str]:
    """A phrase as the script reads it, a word and its values a line; the last line says that it is whole."""
    yield FORMAT
    yield f"track {track}"
    yield f"name {clip.name}"
    yield f"at {clip.song:.6f} {clip.beats:.6f}"
    for note in clip.notes:
        yield f"note {note.beat:.6f} {note.duration:.6f} {note.pitch} {note.velocity}"
    yield f"end {len(clip.notes)}"


def _leave(job: Path, answer: Path, text: str) -> None:
    """Put a phrase into the inbox, whole or not at all."""
    try:
        job.parent.mkdir(parents=True, exist_ok=True)
        answer.unlink(missing_ok=True)
        part = job.with_suffix(".part")
        part.write_text(text, "utf-8")
        os.replace(part, job)
    except OSError as error:
        raise DawError(f"cannot leave a phrase in {job.parent} ({error.strerror}); set `folder` under [daw]") from None


def _take(answer: Path) -> str:
    """The script's answer, "" where there is none yet."""
    try:
        words = answer.read_text("utf-8", "replace").strip()
        answer.unlink(missing_ok=True)
    except OSError:
        return ""
    return words


def _remove(job: Path) -> None:
    job.unlink(missing_ok=True)
