"""Bitwig Studio, through the «Open Sound Control» controller of DrivenByMoss."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from bridge.daw.base import Can, Clip, Ears, Track, track_called
from bridge.daw.clip_file import write_clip_file
from bridge.daw.osc_lane import ANSWER, Arguments, Handler, OscLane
from bridge.daw.position import meter_of, number, song_beat
from bridge.errors import DawError
from bridge.osc.packet import Message

UPDATE = "/update"
"""Frames each lot of news; REAPER, which speaks alike on the same port, never says it."""
_SIGNATURE = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*")
_TRACK = re.compile(r"/track/([1-9]\d?)/(name|exists|recarm|canHoldNotes)")
_SLOT = re.compile(r"/track/([1-9]\d?)/clip/([1-9]\d?)/hasContent")
STEP = 0.1
"""Seconds between two looks for a clip that was inserted."""


class BitwigLane(OscLane):
    """Sees the bank of tracks that the controller shows, eight of them unless it is told otherwise."""

    name = "bitwig"
    title = "Bitwig Studio"
    can = Can.TIME | Can.METER | Can.TRACKS | Can.WRITE | Can.FIRE
    ports = (8000, 9000)
    probe = (Message("/refresh"),)
    quiet, gone = 10.0, 15.0

    def __init__(
        self, ears: Ears, send: int = 0, listen: int | None = None, patience: float = ANSWER, inbox: Path | None = None
    ) -> None:
        super().__init__(ears, send, listen, patience)
        self._inbox = inbox

    def dialect(self) -> Mapping[str, Handler]:
        """The transport; tracks and slots are kept as they come."""
        return {
            "/play": self.hear_playing,
            "/tempo/raw": self.hear_tempo,
            "/time/signature": self._hear_signature,
            "/beat/str": self._hear_position,
        }

    def hear(self, message: Message) -> None:
        """Keep what is told of tracks and slots, too."""
        super().hear(message)
        if not self.found or not message.arguments:
            return
        if found := _TRACK.fullmatch(message.address):
            self._rows.setdefault(int(found[1]), {})[found[2]] = message.arguments[0]
        elif found := _SLOT.fullmatch(message.address):
            self._slots[int(found[1]), int(found[2])] = bool(number(message.arguments[0]))

    def belongs(self, message: Message) -> bool:
        """Nothing counts before the first frame."""
        return self.found or message.address == UPDATE

    async def tracks(self) -> tuple[Track, ...]:
        """The tracks of the bank, after a look at all of them anew."""
        await self._ask(Message("/refresh"), lambda given: not given or not number(given[0]), UPDATE)
        return tuple(self._tracks())

    async def write_clip(self, track: str, clip: Clip, slot: int | None = None, fire: bool = False) -> str:
        """Have a MIDI file inserted into a slot, and see that the slot is filled."""
        if self._inbox is None:
            raise DawError("there is no folder for clips; set `folder` under [daw]")
        place = track_called(track, await self.tracks(), self.title)
        slot = place.free_slot if slot is None else slot
        if slot is None:
            raise DawError(f"track «{place.name}» of {self.title} shows no empty clip slot")
        file = await asyncio.to_thread(write_clip_file, clip, self._inbox / f"{clip.name}.mid")
        head = f"/track/{place.index}/clip/{slot + 1}"
        if self._slots.get((place.index, slot + 1)):
            self._send(Message(f"{head}/remove"))
        self._slots[place.index, slot + 1] = False
        self._send(Message(f"{head}/insertFile", (str(file),)))
        for _ in range(max(1, round(self._patience / STEP))):
            if self._slots.get((place.index, slot + 1)):
                break
            await asyncio.sleep(min(STEP, self._patience))
        else:
            raise DawError(f"{self.title} shows no clip in slot {slot + 1} of «{place.name}»; drag {file} there")
        if fire:
            self._send(Message(f"{head}/launch", (1,)))
        return f"{place.name}, slot {slot + 1}"

    def _forget(self) -> None:
        super()._forget()
        self._rows: dict[int, dict[str, object]] = {}
        self._slots: dict[tuple[int, int], bool] = {}

    def _tracks(self) -> list[Track]:
        found = []
        for index, row in sorted(self._rows.items()):
            if not row.get("exists", True):
                continue
            slots = sorted(slot for at, slot in self._slots if at == index)
            free = next((slot - 1 for slot in slots if not self._slots[index, slot]), None)
            midi = bool(row.get("canHoldNotes", True))
            found.append(Track(index, str(row.get("name", "")), midi, bool(row.get("recarm")), free))
        return found

    def _hear_signature(self, given: Arguments) -> None:
        found = _SIGNATURE.fullmatch(str(given[0])) if given else None
        if found is not None:
            self._state_meter(meter_of(int(found[1]), int(found[2])))

    def _hear_position(self, given: Arguments) -> None:
        if given:
            self._place(song_beat(str(given[0]), self._meter or self._ears.meter()))
