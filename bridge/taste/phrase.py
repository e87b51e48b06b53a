"""A phrase that can be liked: some bars of the band's notes, by themselves, and what they were played in."""

import hashlib
import math
from collections.abc import Iterable, Sequence

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.music.key import SCALES, Key
from bridge.music.note import BAND, Note, Span
from bridge.taste.features import Frame, features

LEAST = 3
"""Notes of a phrase at least."""
LONGEST = 16
"""Bars of a phrase at most."""
MOST = 4096
"""Notes of a phrase at most."""
FARTHEST = 1000.0
"""Beats of a phrase or a note at most, and beats a minute."""
GRAIN = 12
"""Parts of a beat to which notes are rounded where two phrases are compared."""


class Phrase(msgspec.Struct, frozen=True):
    """Notes in beats from the phrase's first bar line, which is `beats` long; bar and pulse in beats."""

    notes: tuple[Note, ...]
    beats: float
    bar: float = 4.0
    pulse: float = 1.0
    bpm: float = 120.0
    key: Key | None = None
    pack: str = ""
    """The pack that was asked for it; empty where that is not known."""

    @property
    def id(self) -> str:
        """The same for the same notes, in whatever key and however loud."""
        tonic = 0 if self.key is None else self.key.tonic
        said = [
            (str(note.voice), round(note.beat * GRAIN), note.pitch - (0 if note.voice == "drums" else tonic))
            for note in self.notes
        ]
        text = repr((round(self.beats, 3), sorted(said)))
        return f"phrase:{hashlib.sha256(text.encode()).hexdigest()[:20]}"

    @property
    def sound(self) -> bool:
        """Whether it is music that can be played: what others have written is looked at before it is used."""
        lengths = (self.beats, self.bar, self.pulse, self.bpm)
        return (
            all(0.0 < length <= FARTHEST for length in lengths)
            and LEAST <= len(self.notes) <= MOST
            and (self.key is None or (0 <= self.key.tonic < 12 and self.key.scale in SCALES))
            and all(
                note.voice in BAND
                and 0.0 <= note.beat < self.beats
                and 0.0 < note.duration <= FARTHEST
                and 0 <= note.pitch <= 127
                and 1 <= note.velocity <= 127
                for note in self.notes
            )
        )

    @property
    def label(self) -> str:
        """What it is, in words."""
        bars = max(round(self.beats / self.bar), 1)
        voices = ", ".join(voice.value for voice in reversed(BAND) if any(note.voice is voice for note in self.notes))
        where = f" in {self.key}" if self.key is not None else ""
        return f"{bars} bar{'s' if bars > 1 else ''} of {voices}{where}, {self.bpm:.0f} BPM"

    @property
    def features(self) -> tuple[float, ...]:
        """It as numbers."""
        tonic = None if self.key is None else self.key.tonic
        return features(self.notes, Frame(0.0, self.beats, 0.0, self.bar, self.pulse, tonic))


def cut(notes: Iterable[Note], span: Span, map: TempoMap, key: Key | None = None, pack: str = "") -> Phrase | None:
    """The band's notes with onsets in a span of stage beats, from its first bar line on; None for too few of them."""
    bar = map.meter.bar
    inside = sorted(
        (note for note in notes if note.voice in BAND and note.beat in span),
        key=lambda note: (note.beat, note.voice, note.pitch),
    )
    if len(inside) < LEAST:
        return None
    first = bar_line(inside[0].beat, map)
    bars = min(max(math.ceil((inside[-1].beat - first + 1e-6) / bar), 1), LONGEST)
    first = max(first, bar_line(inside[-1].beat, map) - (bars - 1) * bar)
    moved = tuple(
        Note(note.voice, round(note.beat - first, 4), round(note.duration, 4), note.pitch, note.velocity)
        for note in inside
        if note.beat >= first - 1e-6
    )
    return Phrase(moved, bars * bar, bar, map.meter.pulse, round(map.bpm, 2), key, pack)


def last_bars(notes: Sequence[Note], bars: int, now: float, map: TempoMap) -> Span:
    """The last `bars` bars in which the band played, up to now."""
    played = [note.beat for note in notes if note.voice in BAND and note.beat <= now]
    end = max(played, default=now)
    return Span(bar_line(end, map) - (bars - 1) * map.meter.bar, min(now, end) + 1e-6)


def bar_line(beat: float, map: TempoMap) -> float:
    """The last bar line at or before a stage beat."""
    return map.meter.bar * math.floor((beat + map.song) / map.meter.bar + 1e-6) - map.song
