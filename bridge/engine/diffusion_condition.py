"""What the denoiser is told beside the notes: of each step its chord, its place in the bar and whether that bar is a
drum fill; of the window its key, voices, style and density. Every part can be left out."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.diffusion_roll import Roll
from bridge.engine.diffusion_table import VOICES
from bridge.engine.ensemble_controls import STYLES
from bridge.engine.window import PER_BEAT, STEPS, Window
from bridge.music.chord import Chord
from bridge.music.note import Voice

AFTER = 16
"""Steps of the window after that may be known, where a gap is to be filled."""
LENGTH = 2 * STEPS + AFTER
"""Steps that the denoiser sees: the window before, this one, and the beginning of the one after."""
HERE = slice(STEPS, 2 * STEPS)

TONES, ROOT, TOLD = slice(0, 12), slice(12, 24), 24
"""Of a step: its chord's tones, its root, and whether it is told; no chord is told with neither."""
THERE, DOWNBEAT, PULSE, TURN = 25, 26, 27, slice(28, 30)
"""Whether the window has this step; bar line; beat as it is counted; place in the bar as an angle's sine and cosine."""
FILL = 30
"""Whether the bar is to be a drum fill; what is not told is most often none."""
STEP_SIZE = 31
SCALE, KEY_TOLD = slice(0, 12), 12
PLAYING = slice(13, 17)
DENSITY, DENSITY_TOLD = slice(17, 21), slice(21, 25)
STYLE = slice(25, 25 + len(STYLES))
PHRASE = slice(STYLE.stop, STYLE.stop + 2)
BAR = PHRASE.stop
WHOLE_SIZE = BAR + 1
FREE = (SCALE, KEY_TOLD, DENSITY, DENSITY_TOLD, STYLE)
"""What of a window is left out where the denoiser is asked what it would do untold."""
PHRASE_WINDOWS = 4
"""Windows of a phrase, by which its place is told."""
NEAR = 0.05
"""Beats by which a told bar line may be off."""
DENSITY_UNIT = 2.0
"""Onsets a beat that count as 1."""


def steps_told(window: Window, pulse: float, chord_at: Callable[[int], Chord | None] | None, up: int = 0) -> Roll:
    """What is told of each step [LENGTH, STEP_SIZE] around a window: `chord_at` of its steps (from -STEPS on), None
    where no chord is known; chords `up` semitones higher."""
    told = np.zeros((LENGTH, STEP_SIZE), np.float32)
    beat = max(round(pulse * PER_BEAT), 1)
    for base, first, most in ((-window.steps, 0, STEPS), (0, STEPS, STEPS), (window.steps, 2 * STEPS, AFTER)):
        for step in range(min(window.steps, most)):
            row, place = told[first + step], step % window.bar
            row[THERE] = 1.0
            row[DOWNBEAT] = place == 0
            row[PULSE] = place % beat == 0
            angle = 2 * math.pi * place / window.bar
            row[TURN] = math.sin(angle), math.cos(angle)
            if chord_at is not None:
                tell_chord(row, chord_at(base + step), up)
    return told


def tell_chord(row: Roll, chord: Chord | None, up: int = 0) -> None:
    """Write a chord into a step's row [STEP_SIZE]; None is a silence of the chords."""
    row[TOLD] = 1.0
    if chord is not None:
        row[[(pitch + up) % 12 for pitch in chord.pitch_classes]] = 1.0
        row[ROOT.start + (chord.root + up) % 12] = 1.0


def tell_fills(steps: Roll, window: Window, lines: Collection[float]) -> None:
    """Write into what is told of the steps which of the window's bars are fills: those whose bar line is one of the
    stage beats `lines`."""
    here = steps[HERE]
    for bar in fill_bars(window, lines):
        here[bar * window.bar : (bar + 1) * window.bar, FILL] = 1.0


def fill_bars(window: Window, lines: Collection[float]) -> tuple[int, ...]:
    """Which of a window's bars, from 0, begin at one of the stage beats `lines`."""
    starts = [window.start + step / PER_BEAT for step in range(0, window.steps, window.bar)]
    return tuple(bar for bar, start in enumerate(starts) if any(abs(start - line) < NEAR for line in lines))


def whole_told(
    window: Window,
    playing: Collection[Voice],
    scale: Sequence[int] = (),
    style: int = 0,
    density: Mapping[Voice, float] | None = None,
) -> Roll:
    """What is told of the window [WHOLE_SIZE]: the voices that play, the scale (pitch classes above its tonic, empty
    where it is not known), the style (place in STYLES from 1 on, 0 for none) and onsets a beat by voice."""
    told = np.zeros(WHOLE_SIZE, np.float32)
    if scale:
        told[list(scale)] = 1.0
        told[KEY_TOLD] = 1.0
    for number, voice in enumerate(VOICES):
        told[PLAYING.start + number] = voice in playing
        if density and voice in density:
            told[DENSITY.start + number] = density[voice] / DENSITY_UNIT
            told[DENSITY_TOLD.start + number] = 1.0
    if 1 <= style <= len(STYLES):
        told[STYLE.start + style - 1] = 1.0
    angle = 2 * math.pi * (window.number % PHRASE_WINDOWS) / PHRASE_WINDOWS
    told[PHRASE] = math.sin(angle), math.cos(angle)
    told[BAR] = window.bar / 16.0
    return told


def untold(steps: NDArray[np.float32], whole: NDArray[np.float32]) -> tuple[Roll, Roll]:
    """The same with chords, fills, key, style and density left out; shapes [..., STEP_SIZE] and [..., WHOLE_SIZE]."""
    steps, whole = steps.copy(), whole.copy()
    steps[..., : TOLD + 1] = 0.0
    steps[..., FILL] = 0.0
    for part in FREE:
        whole[..., part] = 0.0
    return steps, whole
