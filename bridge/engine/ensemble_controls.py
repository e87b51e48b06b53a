"""What the band is told beside the events, as one row of numbers: key, chords, voices, style, density and register.

Every part of the row has its own way to say «not known», so that a model trained with parts left out plays with or
without them. `python -m bridge.engine.ensemble_controls` prints the layout.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import Chord
from bridge.music.note import Voice

Row = NDArray[np.float32]

VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
"""The band's voices in the order of their columns."""
PITCHED = VOICES[:3]

STYLES = (
    "art song", "chorale", "string quartet", "game rock", "ragtime", "reel", "jig", "hornpipe", "waltz", "folk",
    "rock", "pop", "funk", "hiphop", "punk", "jazz", "latin", "soul", "country", "reggae",
    "baroque", "classical", "romantic", "renaissance", "song", "march",
)  # fmt: skip
"""Styles that a band can be asked for; the knob `style` is a place in this list from 1 on, 0 is none."""

CHORD_SIZE = 38
"""Of one chord: 12 tones, 12 for its root, 12 for its bass where one is told, sounding, silent; all 0 = not known."""
SCALE, TONIC, KEY_KNOWN = slice(0, 12), slice(12, 24), 24
NOW = slice(25, 25 + CHORD_SIZE)
NEXT = slice(NOW.stop, NOW.stop + CHORD_SIZE)
LEFT, NEXT_KNOWN = NEXT.stop, NEXT.stop + 1
ASKED = slice(NEXT_KNOWN + 1, NEXT_KNOWN + 1 + len(VOICES))
STYLE = slice(ASKED.stop, ASKED.stop + len(STYLES))
DENSITY = slice(STYLE.stop, STYLE.stop + len(VOICES))
DENSITY_KNOWN = slice(DENSITY.stop, DENSITY.stop + len(VOICES))
REGISTER = slice(DENSITY_KNOWN.stop, DENSITY_KNOWN.stop + len(PITCHED))
REGISTER_KNOWN = slice(REGISTER.stop, REGISTER.stop + len(PITCHED))
SIZE = REGISTER_KNOWN.stop

FAR = 96
"""Ticks to the next chord beyond which it counts as not known."""
LEFT_UNIT = 48.0
"""Ticks to the next chord that count as 1."""
DENSITY_UNIT = 2.0
"""Onsets a beat that count as 1."""
REGISTER_MIDDLES = {Voice.LEAD: 70.0, Voice.CHORDS: 60.0, Voice.BASS: 43.0}
"""Mean pitch of each voice that counts as 0."""
REGISTER_UNIT = 12.0


class Tonality(msgspec.Struct, frozen=True):
    """A scale's pitch classes, from its tonic up; empty where nothing is known."""

    scale: tuple[int, ...] = ()

    @property
    def tonic(self) -> int:
        """Pitch class of the tonic, -1 where nothing is known."""
        return self.scale[0] % 12 if self.scale else -1


@lru_cache(maxsize=512)
def chord_row(chord: Chord | None) -> Row:
    """Numbers [38] of a chord; None is a chord track's silence."""
    row = np.zeros(CHORD_SIZE, np.float32)
    if chord is None:
        row[37] = 1.0
    else:
        row[list(chord.pitch_classes)] = 1.0
        row[12 + chord.root] = 1.0
        if chord.bass is not None:
            row[24 + chord.bass] = 1.0
        row[36] = 1.0
    row.flags.writeable = False
    return row


def wishes(
    key: Sequence[int] = (),
    voices: Iterable[Voice] = (),
    style: int = 0,
    density: Mapping[Voice, float] | None = None,
    register: Mapping[Voice, float] | None = None,
) -> Row:
    """The row [SIZE] without its chords. `key` from the tonic up; `style` from 1 on, 0 for none; density in onsets a
    beat and register in mean MIDI pitch by voice, left out (or NaN) where not known.
    """
    row = np.zeros(SIZE, np.float32)
    if len(key):
        row[SCALE][[pitch % 12 for pitch in key]] = 1.0
        row[TONIC.start + key[0] % 12] = 1.0
        row[KEY_KNOWN] = 1.0
    for voice in voices:
        if voice in VOICES:
            row[ASKED.start + VOICES.index(voice)] = 1.0
    if 0 < style <= len(STYLES):
        row[STYLE.start + style - 1] = 1.0
    for voice, value in (density or {}).items():
        if math.isfinite(value):
            row[DENSITY.start + VOICES.index(voice)] = value / DENSITY_UNIT
            row[DENSITY_KNOWN.start + VOICES.index(voice)] = 1.0
    for voice, value in (register or {}).items():
        if voice in PITCHED and math.isfinite(value):
            row[REGISTER.start + PITCHED.index(voice)] = (value - REGISTER_MIDDLES[voice]) / REGISTER_UNIT
            row[REGISTER_KNOWN.start + PITCHED.index(voice)] = 1.0
    return row


def layout() -> str:
    """The row as text, one line a part."""
    rows = (
        (SCALE, "pitch classes of the scale"),
        (TONIC, "its tonic"),
        (slice(KEY_KNOWN, KEY_KNOWN + 1), "whether they are known"),
        (NOW, "the chord at the event: tones, root, told bass, sounding, silent"),
        (NEXT, "the chord after it"),
        (slice(LEFT, NEXT_KNOWN + 1), "time to the chord after it, and whether it is known"),
        (ASKED, "voices that play: " + ", ".join(VOICES)),
        (STYLE, "style: " + ", ".join(STYLES)),
        (slice(DENSITY.start, DENSITY_KNOWN.stop), "onsets a beat by voice, and whether they are told"),
        (slice(REGISTER.start, REGISTER_KNOWN.stop), "mean pitch of lead, chords and bass, and whether they are told"),
    )
    return "\n".join(f"{part.start:>4} to {part.stop - 1:<4} {what}" for part, what in rows)


if __name__ == "__main__":
    print(layout())
