"""What the conditional VAE is told beside the notes: one row for the window, and one for each of its beats.

Every part of a row has its own way to say «not known». Everything is in C: whoever tells moves it there first.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_rolls import BEATS, VOICES
from bridge.engine.ensemble_controls import CHORD_SIZE, chord_row
from bridge.engine.window import PER_BEAT, Window
from bridge.music.chord import Chord
from bridge.music.note import Voice

Row = NDArray[np.float32]

STYLES = (
    "art song", "chorale", "string quartet", "classical", "ragtime", "reel", "jig", "waltz", "folk", "game rock",
    "rock", "pop", "funk", "latin", "jazz",
)  # fmt: skip
"""Styles that can be asked for; the knob `style` is a place in this list from 1 on, 0 is none."""
PITCHED = VOICES[:3]
SECTIONS = ("opening", "middle", "close")
BARS = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32)
"""Lengths of bars in steps that are told apart; others count as the nearest."""

SCALE, SCALE_KNOWN = slice(0, 12), 12
STYLE = slice(13, 13 + len(STYLES))
AROUSAL, AROUSAL_KNOWN, BRIGHTNESS, BRIGHTNESS_KNOWN, CONTRAST, CONTRAST_KNOWN = range(STYLE.stop, STYLE.stop + 6)
SECTION = slice(CONTRAST_KNOWN + 1, CONTRAST_KNOWN + 1 + len(SECTIONS))
PLAYING = slice(SECTION.stop, SECTION.stop + len(VOICES))
DENSITY = slice(PLAYING.stop, PLAYING.stop + len(VOICES))
DENSITY_KNOWN = slice(DENSITY.stop, DENSITY.stop + len(VOICES))
REGISTER = slice(DENSITY_KNOWN.stop, DENSITY_KNOWN.stop + len(PITCHED))
REGISTER_KNOWN = slice(REGISTER.stop, REGISTER.stop + len(PITCHED))
BAR = slice(REGISTER_KNOWN.stop, REGISTER_KNOWN.stop + len(BARS))
SIZE = BAR.stop

CHORD = slice(0, CHORD_SIZE)
INSIDE, DOWNBEAT, SINE, COSINE = range(CHORD_SIZE, CHORD_SIZE + 4)
BEAT_SIZE = CHORD_SIZE + 4

DENSITY_UNIT = 2.0
"""Onsets a beat that count as 1."""
REGISTER_MIDDLES = {Voice.LEAD: 70.0, Voice.BASS: 43.0, Voice.CHORDS: 60.0}
REGISTER_UNIT = 12.0


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a window is to be, NaN or empty where it is not known."""

    scale: tuple[int, ...] = ()
    """Pitch classes, in C."""
    styles: Mapping[int, float] = {}
    """Place in STYLES (from 0) -> its share; shares sum to 1 at most."""
    arousal: float = math.nan
    brightness: float = math.nan
    contrast: float = math.nan
    """0: as the window before, 1: nothing of it."""
    section: int = -1
    """Place in SECTIONS."""
    playing: Collection[Voice] = ()
    density: Mapping[Voice, float] = {}
    """Onsets a beat."""
    register: Mapping[Voice, float] = {}
    """Mean MIDI pitch, in C."""


def wish_row(wish: Wish, bar: int) -> Row:
    """Numbers [68] of a wish for bars of so many steps."""
    row = np.zeros(SIZE, np.float32)
    if wish.scale:
        row[[pitch % 12 for pitch in wish.scale]] = 1.0
        row[SCALE_KNOWN] = 1.0
    for place, share in wish.styles.items():
        row[STYLE.start + place] = share
    for value, at in ((wish.arousal, AROUSAL), (wish.brightness, BRIGHTNESS), (wish.contrast, CONTRAST)):
        if math.isfinite(value):
            row[at], row[at + 1] = value, 1.0
    if wish.section >= 0:
        row[SECTION.start + wish.section] = 1.0
    for number, voice in enumerate(VOICES):
        row[PLAYING.start + number] = voice in wish.playing
        density = wish.density.get(voice, math.nan)
        if math.isfinite(density):
            row[DENSITY.start + number] = density / DENSITY_UNIT
            row[DENSITY_KNOWN.start + number] = 1.0
        register = wish.register.get(voice, math.nan)
        if math.isfinite(register) and voice in PITCHED:
            row[REGISTER.start + number] = (register - REGISTER_MIDDLES[voice]) / REGISTER_UNIT
            row[REGISTER_KNOWN.start + number] = 1.0
    row[BAR.start + nearest_bar(bar)] = 1.0
    return row


def nearest_bar(steps: int) -> int:
    """Place in BARS of the length that is nearest."""
    return min(range(len(BARS)), key=lambda place: abs(BARS[place] - steps))


def beat_rows(window: Window, chord_at: Callable[[int], Chord | None] | None = None) -> Row:
    """Numbers [8, 42] of a window's beats; `chord_at` gives the chord at a step, in C (None: silence).

    Without it nothing is known of the chords.
    """
    rows = np.zeros((BEATS, BEAT_SIZE), np.float32)
    for beat in range(BEATS):
        step = beat * PER_BEAT
        if step >= window.steps:
            continue
        into = step % window.bar
        rows[beat, INSIDE] = 1.0
        rows[beat, DOWNBEAT] = into == 0
        rows[beat, SINE], rows[beat, COSINE] = (turn(2 * math.pi * into / window.bar) for turn in (math.sin, math.cos))
        if chord_at is not None:
            rows[beat, CHORD] = chord_row(chord_at(step))
    return rows


def section_of(place: float) -> int:
    """Place in SECTIONS of a place in the piece, 0 to 1."""
    return 0 if place < 0.2 else 2 if place > 0.8 else 1


def likeness(one: Sequence[Row], other: Sequence[Row]) -> float:
    """How alike two windows are, 0 to 1: the share of filled places that the two have in common, meaned over voices
    that play in both; NaN where none does."""
    shares = []
    for a, b in zip(one, other, strict=True):
        here, there = a > 0, b > 0
        if here.any() and there.any():
            shares.append(float((here & there & (a == b)).sum() / (here | there).sum()))
    return float(np.mean(shares)) if shares else math.nan
