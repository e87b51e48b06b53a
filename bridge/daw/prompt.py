"""Clips of the music program as prompts: put into a phrase slot, or taken as what the player has just said."""

import asyncio
import math
from collections.abc import Callable

from bridge.daw.base import Clip
from bridge.daw.side import DawSide
from bridge.errors import AntiphonError, DawError, SettingsError
from bridge.jam.band import Band
from bridge.jam.gestures import Restock
from bridge.jam.phrase import LARGEST, Phrase, placed
from bridge.jam.phrasebook import LONGEST
from bridge.jam.stock import SLOTS
from bridge.midi.messages import NoteOff, NoteOn, encode
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Play

SPARE = 1e-3
"""Beats by which a clip may be longer than whole bars and still be as many: positions go as 32-bit numbers."""
TRIMMED = 1e-4
"""Beats that a note is let go before the next one of its pitch, or the end."""


class Prompts:
    """Reads clips without holding up the music. `named` is what can be done by name, with «TRACK SLOT» as argument;
    what comes of it is told.

    Both ways the session log holds the notes themselves: a slot's in the gesture, what was said as what came in.
    """

    def __init__(
        self,
        side: DawSide | None,
        band: Band,
        send: Callable[[Play], object],
        tell: Callable[[str], object],
    ) -> None:
        self._side = side
        self._band = band
        self._send = send
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()
        self.named: dict[str, Callable[[str], None]] = {"prompt": lambda text: self._begin(text, self._say)}
        for letter in SLOTS:
            self.named[f"slot/{letter}/from_daw"] = lambda text, letter=letter: self._begin(  # type: ignore[misc]
                text, lambda clip, voice: self._fill(letter, clip, voice)
            )

    def stop(self) -> None:
        """Let go of what is being read."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, text: str, use: Callable[[Clip, Voice], str]) -> None:
        """Begin to read the clip that a text names. Raises SettingsError where that cannot be."""
        track, slot = place(text)
        if self._side is None or not self._side.name:
            raise SettingsError(
                "there is no music program to read a clip from; `antiphon daw` says what is found, and what to click"
            )
        task = asyncio.create_task(self._read(self._side, track, slot, use), name="prompt")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, side: DawSide, track: str, slot: int, use: Callable[[Clip, Voice], str]) -> None:
        try:
            self._tell(use(await side.lane.read_clip(track, slot - 1), side.voice(track)))
        except AntiphonError as error:
            self._tell(str(error))

    def _fill(self, letter: str, clip: Clip, voice: Voice) -> str:
        """Put a clip into a slot."""
        phrase = phrase_of(clip, self._band.map.meter.bar, voice)
        self._band.gesture(Restock({**self._band.slots, letter: phrase}))
        return f"slot {letter} holds «{clip.name}», {phrase.bars} bars"

    def _say(self, clip: Clip, _: Voice) -> str:
        """Let a clip be what the player has said in the bars up to the last bar line.

        Raises DawError where nothing plays, or the player does.
        """
        band, map, listener = self._band, self._band.map, self._band.listener
        now = band.beat
        if not map.playing:
            raise DawError("a prompt counts as just played: start the music first, or put the clip into a slot")
        phrase = phrase_of(clip, map.meter.bar, Voice.LEAD)
        line = map.next_bar(now)
        last = line - map.meter.bar if line > now else line
        bars = min(phrase.bars, LONGEST)
        start = last - bars * map.meter.bar
        if listener.busy or listener.last > start:
            raise DawError(f"a prompt of {bars} bars counts as just played: rest for as long, then ask again")
        skipped = phrase.beats - bars * map.meter.bar
        said = [note for note in phrase.notes if note.beat >= skipped - SPARE]
        for beat, message in strokes(said, start - skipped):
            self._send(Play(message, beat))
        return f"«{clip.name}» counts as what you have just played: {len(said)} notes"


def place(text: str) -> tuple[str, int]:
    """Track and slot, from 1, of «TRACK SLOT»; the track's name may have spaces in it. Raises SettingsError."""
    track, _, slot = text.strip().rpartition(" ")
    try:
        number = float(slot)
    except ValueError:
        number = math.nan
    if not track.strip() or not (number >= 1 and number.is_integer() and number <= 1e6):
        raise SettingsError(f"it takes a track and the number of its clip slot, from 1, not «{text[:60]}»")
    return track.strip(), int(number)


def phrase_of(clip: Clip, bar: float, voice: Voice) -> Phrase:
    """A clip as a phrase of whole bars of `bar` beats. Raises DawError for one that is empty, or too long."""
    if not clip.notes:
        raise DawError(f"the clip «{clip.name}» has no notes")
    beats = max(math.ceil((clip.beats - SPARE) / bar), 1) * bar
    if beats > LARGEST:
        raise DawError(f"the clip «{clip.name}» is {clip.beats:g} beats long; a phrase has {LARGEST:g} at most")
    notes = (
        Note(voice, note.beat, note.duration, note.pitch, note.velocity) for note in clip.notes if note.beat < beats
    )
    return placed(notes, 0.0, beats, bar)


def strokes(notes: list[Note], origin: float) -> list[tuple[float, bytes]]:
    """Keys down and up, each with its stage beat, in time order; a key that is struck again is let go first."""
    events: list[tuple[float, int, bytes]] = []
    struck: dict[int, float] = {}
    for note in reversed(notes):
        beat = origin + note.beat
        end = min(beat + note.duration, struck.get(note.pitch, math.inf))
        if end - beat <= 2 * TRIMMED:
            continue  # the same stroke twice
        struck[note.pitch] = beat
        events += [
            (beat, 1, encode(NoteOn(0, note.pitch, note.velocity))),
            (end - TRIMMED, 0, encode(NoteOff(0, note.pitch))),
        ]
    return [(beat, data) for beat, _, data in sorted(events)]
