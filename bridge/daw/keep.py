"""«Keep what just happened»: the last bars of the band as a clip for every voice."""

from collections.abc import Iterable

import msgspec

from bridge.daw.base import Clip, ClipNote
from bridge.errors import DawError
from bridge.music.key import Key
from bridge.music.note import Note, Voice
from bridge.record.take import Take
from bridge.record.timeline import Bar

MOST_BARS = 64
SHORTEST = 1 / 96
"""Beats that a note that is cut lasts at least."""


class Kept(msgspec.Struct, frozen=True):
    """Bars in stage beats, a clip for each voice that played in them, the tempo, and the key where it is known."""

    bars: tuple[Bar, ...]
    clips: dict[Voice, Clip]
    bpm: float
    key: Key | None = None

    @property
    def start(self) -> float:
        """Stage beat at which the clips begin."""
        return self.bars[0].start


def keep_last(take: Take, bars: int, now: float, name: str, key: Key | None = None) -> Kept:
    """The last `bars` bars in which the band played, up to stage beat `now`: the one of its last onset ends them.

    A note that began before them is left out, one that outlasts them is cut. Raises DawError where nothing was played.
    """
    if not 1 <= bars <= MOST_BARS:
        raise DawError(f"it keeps 1 to {MOST_BARS} bars, not {bars}")
    notes = [sent.note for sent in take.band_notes if sent.note.beat <= now]
    if not notes:
        raise DawError("the band has not played anything yet that could be kept")
    timeline = take.timeline
    last = notes[-1].beat
    # A bar more on either side: where bars begin is rounded.
    lines = timeline.bars(min(notes[0].beat, take.start), last + 1e-3)
    window = [bar for bar in lines if bar.start <= last + 1e-6][-bars:]
    start, end = window[0].start, window[-1].end
    stretch = timeline.at(last)
    played = [note for note in notes if start - 1e-6 <= note.beat < end]
    clips = {
        voice: Clip(
            f"{name} {voice.value}",
            _cut((note for note in played if note.voice == voice), start, end),
            end - start,
            start + stretch.song,
        )
        for voice in Voice
        if any(note.voice == voice for note in played)
    }
    return Kept(tuple(window), clips, stretch.bpm, key)


def _cut(notes: Iterable[Note], start: float, end: float) -> tuple[ClipNote, ...]:
    """A voice's notes from the clip's beginning on; a key that is struck again is let go first."""
    cut: list[ClipNote] = []
    sounding: dict[int, int] = {}
    for note in sorted(notes, key=lambda note: (note.beat, note.pitch)):
        beat = max(note.beat - start, 0.0)
        before = sounding.get(note.pitch)
        if before is not None and cut[before].beat + cut[before].duration > beat:
            earlier = cut[before]
            if beat - earlier.beat < SHORTEST:
                continue  # the same stroke twice
            cut[before] = ClipNote(earlier.beat, beat - earlier.beat, earlier.pitch, earlier.velocity)
        length = max(min(note.end, end) - note.beat, SHORTEST)
        sounding[note.pitch] = len(cut)
        cut.append(ClipNote(beat, length, note.pitch, note.velocity))
    return tuple(cut)
