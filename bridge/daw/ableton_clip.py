"""How a clip is written to, and read from, a slot of Live's: every step is asked back, for commands do get lost."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from bridge.daw.base import Clip, ClipNote
from bridge.daw.osc_lane import Arguments
from bridge.daw.position import number
from bridge.errors import DawError
from bridge.osc.packet import Message

PAGE = 100
"""Notes in one message; a datagram holds some three hundred on every system."""
STRETCH = 16.0
"""Beats that are read at a time."""
TRIES = 5
"""Times that a step is done over, a tick of Live's apart."""
TICKS_A_SECOND = 10.0
ALL = (0, 128, -8192.0, 16384.0)
"""From the lowest pitch, 128 pitches, and every beat: what is left out by default includes the highest pitch."""
LONGEST = 4096.0
"""Beats of a clip that is read at most."""
SAME_BEAT = 1e-3
"""Beats within which an onset is the same: positions go as 32-bit numbers."""

NOTE = 5
"""Values that a note has: pitch, start, duration, velocity, mute."""


class Ask(Protocol):
    """Sends a question and waits for the answer that matches."""

    def __call__(
        self, message: Message, matches: Callable[[Arguments], bool] = ..., reply: str = ...
    ) -> Awaitable[Arguments]:
        """Raises DawError where none comes."""
        ...


class ClipDialogue:
    """Talks about one slot; `patience` is how long an answer may take, in seconds."""

    def __init__(self, ask: Ask, send: Callable[..., object], track: int, slot: int, patience: float) -> None:
        self._ask = ask
        self._send = send
        self._place = (track, slot)
        # Where answers come fast, as on an idle machine, nobody waits a whole tick.
        self._tick = min(1.0 / TICKS_A_SECOND, patience)

    async def write(self, clip: Clip) -> None:
        """Fill the slot. Raises DawError where the notes are not there in the end."""
        await self._make(clip.beats)
        await self._refuse_audio()
        # The end alone can lie before the beginning that the clip had, which Live refuses; so can the beginning
        # alone lie behind the end.
        for what, beat in (("loop_start", 0.0), ("loop_end", float(clip.beats)), ("loop_start", 0.0)):
            self._say(f"clip/set/{what}", beat)
        self._say("clip/set/start_marker", 0.0)
        self._say("clip/remove/notes", *ALL)
        missing = list(clip.notes)
        for _ in range(TRIES):
            for first in range(0, len(missing), PAGE):
                self._say("clip/add/notes", *_values(missing[first : first + PAGE]))
            there = await self._notes(0.0, clip.beats)
            missing = _missing(clip.notes, there)
            if not missing:
                break
        else:
            raise DawError(f"{len(missing)} of {len(clip.notes)} notes did not arrive in {self._where}")
        self._say("clip/set/name", clip.name)

    async def read(self) -> Clip:
        """What sounds of the clip in the slot, from the beginning of its loop, or of itself, to the end.

        Raises DawError where there is none, or it is audio.
        """
        if not await self._has_clip():
            raise DawError(f"there is no clip in {self._where}")
        await self._refuse_audio()
        start, end = [number((await self._query(f"clip/get/{what}"))[2]) for what in ("loop_start", "loop_end")]
        if start is None or end is None or not 0 < end - start <= LONGEST:
            raise DawError(f"the clip in {self._where} is not between 0 and {LONGEST:g} beats long")
        name = str((await self._query("clip/get/name"))[2])
        notes = (
            msgspec.structs.replace(
                note, beat=max(note.beat - start, 0.0), duration=max(min(note.duration, end - note.beat), SAME_BEAT)
            )
            for note in await self._notes(start, end)
        )
        return Clip(name, tuple(notes), end - start)

    def fire(self) -> None:
        """Start it, when Live's launch quantisation allows."""
        self._say("clip_slot/fire")

    @property
    def _where(self) -> str:
        return f"track {self._place[0] + 1}, slot {self._place[1] + 1} of Ableton Live"

    async def _make(self, beats: float) -> None:
        """See to it that there is a clip; Live does not say when it is done, and forgets now and then."""
        for attempt in range(TRIES):
            if await self._has_clip():
                return
            if attempt:
                await asyncio.sleep(self._tick)
            self._say("clip_slot/create_clip", float(beats))
        if not await self._has_clip():
            raise DawError(f"no clip could be made in {self._where}")

    async def _has_clip(self) -> bool:
        return bool((await self._query("clip_slot/get/has_clip"))[2])

    async def _refuse_audio(self) -> None:
        if not (await self._query("clip/get/is_midi_clip"))[2]:
            raise DawError(f"the clip in {self._where} is audio")

    async def _notes(self, start: float, end: float) -> list[ClipNote]:
        """Every note that begins from `start` to before `end`, a stretch of beats at a time: one answer for all of
        them can be too long to be sent."""
        found: dict[tuple[float, int], ClipNote] = {}
        while start < end - SAME_BEAT:
            span = min(STRETCH, end - start)
            given = await self._query("clip/get/notes", 0, 128, start, span, within=(start, start + span))
            notes = (note for note in _read(given[2:]) if start - SAME_BEAT <= note.beat < start + span - SAME_BEAT)
            found |= {(note.beat, note.pitch): note for note in notes}
            start += span
        return sorted(found.values(), key=lambda note: (note.beat, note.pitch))

    def _say(self, what: str, *values: float | str | bool) -> None:
        self._send(Message(f"/live/{what}", (*self._place, *values)))

    async def _query(self, what: str, *values: float, within: tuple[float, float] | None = None) -> Arguments:
        """Ask; of answers that come late, to a question before, those about other beats are left aside.

        Whether a note that sounds into a stretch is in it, Live's documents leave open.
        """

        def matches(given: Arguments) -> bool:
            if given[:2] != self._place:
                return False
            if within is None:
                return len(given) == 3
            return len(given) % NOTE == 2 and all(
                note.beat < within[1] + SAME_BEAT and note.beat + note.duration > within[0] - SAME_BEAT
                for note in _read(given[2:])
            )

        for left in reversed(range(TRIES)):
            try:
                return await self._ask(Message(f"/live/{what}", (*self._place, *values)), matches)
            except DawError:
                if not left:
                    raise
        raise AssertionError  # the last try has answered or raised


def _values(notes: Sequence[ClipNote]) -> Iterator[float | bool]:
    for note in notes:
        yield from (note.pitch, float(note.beat), float(note.duration), float(note.velocity), False)


def _read(values: Sequence[object]) -> Iterator[ClipNote]:
    """Notes as Live lists them; those that are muted, or none at all, are left out."""
    for first in range(0, len(values) - NOTE + 1, NOTE):
        pitch, beat, duration, velocity = (number(value) for value in values[first : first + NOTE - 1])
        if pitch is None or beat is None or duration is None or velocity is None or values[first + NOTE - 1]:
            continue
        if 0 <= pitch <= 127 and duration > 0:
            yield ClipNote(beat, duration, int(pitch), min(max(round(velocity), 1), 127))


def _missing(wanted: Sequence[ClipNote], there: Sequence[ClipNote]) -> list[ClipNote]:
    """Notes whose onset and pitch nobody has."""
    got = {(note.pitch, round(note.beat / SAME_BEAT)) for note in there}
    return [
        note
        for note in wanted
        if not any((note.pitch, round(note.beat / SAME_BEAT) + off) in got for off in (-1, 0, 1))
    ]
