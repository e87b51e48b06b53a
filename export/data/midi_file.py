"""Reading a MIDI file into tracks with times in beats."""

from typing import Any, NamedTuple

import numpy as np

from bridge.errors import DataError
from export.data.parts import Track
from export.data.rows import Raw
from export.data.ruling import Mark

LONGEST = 20_000.0
"""Beats beyond which a file is taken for damaged."""


class Song(NamedTuple):
    """A MIDI file: tracks with notes in beats, time signatures, and the tempo that holds longest."""

    tracks: list[Track]
    marks: list[Mark]
    tempo: float


def read_song(content: bytes) -> Song:
    """A MIDI file's tracks, time signatures and tempo. Raises DataError for what cannot be read."""
    from symusic import Score

    try:
        score: Any = Score.from_midi(content)
    except Exception:  # the reader raises what its C++ side throws, of no common type
        raise DataError("it is no MIDI file that can be read; it may be damaged") from None
    scale = score.ticks_per_quarter
    if scale <= 0:
        raise DataError("it counts time in frames, not in beats")
    tracks = [Track(track.name, track.program, track.is_drum, _raw(track.notes, scale)) for track in score.tracks]
    end = max((float((t.raw[:, 0] + t.raw[:, 1]).max()) for t in tracks if len(t.raw)), default=0.0)
    if end > LONGEST:
        raise DataError(f"it lasts {end:.0f} beats, more than the {LONGEST:.0f} that a piece may")
    marks = [Mark(m.time / scale, m.numerator, m.denominator) for m in score.time_signatures]
    return Song(tracks, marks, _tempo([(t.time / scale, t.qpm) for t in score.tempos], end))


def _raw(notes: Any, scale: int) -> Raw:
    table = notes.numpy()
    raw = np.stack(
        [table["time"] / scale, table["duration"] / scale, table["pitch"], table["velocity"]], axis=1
    ).astype(np.float64)
    return raw[(raw[:, 0] >= 0) & (raw[:, 3] > 0)]


def _tempo(changes: list[tuple[float, float]], end: float) -> float:
    held: dict[float, float] = {}
    for index, (beat, tempo) in enumerate(changes):
        until = changes[index + 1][0] if index + 1 < len(changes) else max(end, beat + 1e-3)
        held[tempo] = held.get(tempo, 0.0) + until - beat
    return max(held, key=lambda tempo: held[tempo], default=120.0)
