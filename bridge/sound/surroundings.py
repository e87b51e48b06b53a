"""What the texture makes of the jam: the chord ahead, how much is played, and how bright it is."""

from collections.abc import Iterable

import msgspec

from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Voice

WINDOW = 6.0
"""Seconds of music that are looked back on."""
SHARE = 0.5
"""Strikes of the texture for each onset of the players."""
FEWEST, MOST = 0.3, 8.0
"""Strikes a second within which it keeps."""
LOW, HIGH = 40.0, 84.0
"""MIDI pitches that are wholly dark and wholly bright."""
BY_PITCH = 0.65
"""Share of the brightness that pitch makes; the rest is loudness."""
STEP = 0.05
"""Brightness is told in such steps, density in a tenth of its own size."""


class Surroundings(msgspec.Struct, frozen=True):
    """Density in strikes a second, and brightness from 0 to 1."""

    density: float = FEWEST
    brightness: float = 0.5


def listen(heard: Iterable[Heard], beat: float, bpm: float) -> Surroundings:
    """What has been played by all in the last seconds before a stage beat, in steps that do not tremble."""
    since = beat - WINDOW * bpm / 60.0
    onsets, heights, loudness = 0.0, [], []
    for event in heard:
        if isinstance(event, Released) or not since <= event.beat <= beat + 1.0:
            continue
        pitch, velocity, drums = _struck(event)
        onsets += 0.5 if drums else 1.0
        loudness.append(velocity / 127.0)
        if not drums:
            heights.append((pitch - LOW) / (HIGH - LOW))
    if not loudness:
        return Surroundings()
    density = min(max(SHARE * onsets / WINDOW, FEWEST), MOST)
    height = sum(heights) / len(heights) if heights else 0.5
    bright = BY_PITCH * min(max(height, 0.0), 1.0) + (1.0 - BY_PITCH) * sum(loudness) / len(loudness)
    return Surroundings(float(f"{density:.1g}"), round(bright / STEP) * STEP)


def pitch_classes(chord: Chord | None, key: Key | None) -> tuple[int, ...]:
    """Of the chord; where none is known, tonic and fifth of the key; () where nothing is."""
    if chord is not None:
        return chord.pitch_classes
    return () if key is None else (key.tonic, (key.tonic + 7) % 12)


def _struck(event: Pressed | Sounded) -> tuple[int, int, bool]:
    """Pitch, velocity, and whether it is a drum."""
    if isinstance(event, Pressed):
        return event.pitch, event.velocity, False
    return event.note.pitch, event.note.velocity, event.note.voice is Voice.DRUMS
