"""How the music-theory VAE sees music: a phrase of two windows as arrays, in the key of C major or A minor.

A window is halved into two bars of at most 16 steps of a 16th, so a phrase is four bars of 16 places, of which each
uses as many as its half window has steps.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.window import PER_BEAT, Cell, Window, cells, sounded
from bridge.music.chord import KINDS, Chord
from bridge.music.note import Note, Voice

BARS, BAR = 4, 16
STEPS = BARS * BAR
HALVES = 2 * BARS
"""Places of chords: two a bar."""
SLOTS = BAR
"""Places of a bar that have a degree of the scale each, for the lead."""
GROUNDS = 8
"""Places of a bar, two steps long, that have one for the bass."""
VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS)
LEAD, CHORDS, BASS = range(3)
REST, HOLD, ONSET = range(3)
STATES = 3
DEGREES = 12
"""Semitones above C, in C major and in A minor alike."""
LEAD_LOW, LEAD_SIZE = 43, 56
"""Lowest pitch of the lead, and how many there are; others come an octave or more nearer."""
CHORDS_LOW, CHORDS_SIZE = 36, 56
BASS_LOW, BASS_SIZE = 24, 40
QUALITIES = ("", "m", "7", "maj7", "m7", "dim", "sus4")
"""What kinds of chords are told apart, each by one of them."""
QUALITY_OF = {
    "": 0, "6": 0, "5": 0, "m": 1, "m6": 1, "mmaj7": 1, "7": 2, "maj7": 3, "m7": 4,
    "dim": 5, "dim7": 5, "m7b5": 5, "aug": 6, "sus4": 6, "sus2": 6, "7sus4": 6,
}  # fmt: skip
"""Kind of a chord -> its place in QUALITIES."""
SYMBOLS = 1 + 12 * len(QUALITIES)
"""No chord, or root * len(QUALITIES) + quality, counted from 1."""
MODES = ("unknown", "major", "minor")
USUAL_VELOCITY = (84, 66, 78)
"""Velocity of each voice where nothing was heard of it."""
ACCENTS = ((16, 7), (4, 3), (2, -2), (1, -5))
"""Steps of a bar -> what the velocity gains on their multiples, the coarsest that fits."""

Floats = NDArray[np.float32]
ChordOf = Callable[[float], Chord | None]


class Shape(NamedTuple):
    """The grid of a phrase: its first window, of which the second has the same steps."""

    first: Window

    @property
    def bar(self) -> int:
        """Places of a bar of ours that are used."""
        return -(-self.first.steps // 2)

    @property
    def beats(self) -> float:
        """Length of the phrase."""
        return 2 * self.first.beats

    def place(self, half: int, step: int) -> int:
        """Place 0 to 63 of a step of one of the two windows."""
        bar, into = divmod(step, self.bar)
        return (2 * half + bar) * BAR + into

    def windows(self) -> tuple[Window, Window]:
        """Both windows."""
        first = self.first
        return first, Window(first.start + first.beats, first.steps, first.bar, first.number + 1)


class Page(NamedTuple):
    """A phrase as arrays. Pitches count from 1 at the voice's lowest, 0 is none; they hold until the next onset."""

    states: NDArray[np.int64]
    """[3, 64] REST, HOLD or ONSET of lead, chords and bass."""
    lead: NDArray[np.int64]
    """[64]"""
    chords: NDArray[np.bool_]
    """[64, 56]"""
    bass: NDArray[np.int64]
    """[64]"""
    symbols: NDArray[np.int64]
    """[8] chords told, by half bars; 0 for none or not known."""
    known: NDArray[np.bool_]
    """[3] voices that have notes."""
    bar: int
    mode: int
    """Place in MODES."""
    velocity: tuple[int, int, int]


def symbol_of(chord: Chord | None, shift: int = 0) -> int:
    """Number of a chord moved by `shift` semitones; 0 for none."""
    return 0 if chord is None else 1 + (chord.root + shift) % 12 * len(QUALITIES) + QUALITY_OF[chord.kind]


def chord_of(symbol: int) -> Chord | None:
    """The chord of a number."""
    root, quality = divmod(symbol - 1, len(QUALITIES))
    return None if symbol == 0 else Chord(root, QUALITIES[quality])


def tones(symbol: int) -> NDArray[np.float32]:
    """[12] 1 for each pitch class of a chord."""
    row = np.zeros(12, np.float32)
    chord = chord_of(symbol)
    if chord is not None:
        row[[(chord.root + step) % 12 for step in KINDS[chord.kind]]] = 1.0
    return row


def read(
    notes: Mapping[Voice, Sequence[Note]], shape: Shape, shift: int = 0, mode: int = 0, chord_at: ChordOf | None = None
) -> Page:
    """The phrase that notes make, moved by `shift` semitones; `chord_at` tells the chord at a beat."""
    states = np.full((3, STEPS), REST, np.int64)
    pitches: tuple[dict[int, set[int]], ...] = ({}, {}, {})
    velocity = list(USUAL_VELOCITY)
    for voice, name in enumerate(VOICES):
        own = notes.get(name, ())
        if own:
            velocity[voice] = round(sum(note.velocity for note in own) / len(own))
        _write(states[voice], pitches[voice], own, shape, shift)
    lead = _line({at: max(found) for at, found in pitches[LEAD].items()}, LEAD_LOW, LEAD_SIZE)
    bass = _line({at: min(found) for at, found in pitches[BASS].items()}, BASS_LOW, BASS_SIZE)
    chords = np.zeros((STEPS, CHORDS_SIZE), np.bool_)
    now: list[int] = []
    for place in range(STEPS):
        if place in pitches[CHORDS]:
            now = [folded(pitch, CHORDS_LOW, CHORDS_SIZE) for pitch in pitches[CHORDS][place]]
        chords[place, now] = True
    symbols = np.zeros(HALVES, np.int64)
    if chord_at is not None:
        for half in range(HALVES):
            beat = shape.first.start + (half + 0.25) * shape.beats / HALVES
            symbols[half] = symbol_of(chord_at(beat), shift)
    known = np.array([bool(found) for found in pitches])
    return Page(states, lead, chords, bass, symbols, known, shape.bar, mode, (velocity[0], velocity[1], velocity[2]))


def write(page: Page, shape: Shape, half: int, shift: int = 0) -> list[Note]:
    """The notes of a page that begin in one of its two windows, moved by -`shift` semitones, in stage beats."""
    window = shape.windows()[half]
    order = [shape.place(each, step) for each in range(2) for step in range(window.steps)]
    found: list[Note] = []
    for step in range(window.steps):
        index = half * window.steps + step
        place = order[index]
        accent = next(gain for every, gain in ACCENTS if step % min(every, window.bar) == 0)
        for voice, name in enumerate(VOICES):
            if page.states[voice, place] != ONSET:
                continue
            length = 1
            while index + length < len(order) and page.states[voice, order[index + length]] == HOLD:
                length += 1
            for pitch in _pitches(page, voice, place):
                cell = Cell(step, 0.0, min(max(pitch - shift, 0), 127), length / PER_BEAT,
                            page.velocity[voice] + accent)  # fmt: skip
                found.append(sounded(cell, window, name))
    return found


def folded(pitch: int, low: int, size: int) -> int:
    """Place of a pitch above `low`, by octaves brought into the range."""
    while pitch < low:
        pitch += 12
    while pitch >= low + size:
        pitch -= 12
    return pitch - low


def used(bar: int) -> NDArray[np.bool_]:
    """[64] which places a phrase with bars of so many steps uses."""
    return np.tile(np.arange(BAR) < bar, BARS)


def _write(
    states: NDArray[np.int64], pitches: dict[int, set[int]], notes: Sequence[Note], shape: Shape, shift: int
) -> None:
    """Put a voice's notes into its row of states and its pitches by place."""
    steps = shape.first.steps
    whole = Window(shape.first.start, 2 * steps, shape.first.bar)
    lengths: dict[int, int] = {}
    for cell in cells(notes, whole):
        lengths[cell.step] = max(lengths.get(cell.step, 1), round(cell.length * PER_BEAT))
        pitches.setdefault(shape.place(*divmod(cell.step, steps)), set()).add(cell.pitch + shift)
    left = 0
    for step in range(2 * steps):
        begins = step in lengths
        left = lengths[step] if begins else left - 1
        states[shape.place(*divmod(step, steps))] = ONSET if begins else HOLD if left > 0 else REST


def _line(pitches: Mapping[int, int], low: int, size: int) -> NDArray[np.int64]:
    """[64] the last pitch, before the first onset the first one; 0 where there is none at all."""
    row = np.zeros(STEPS, np.int64)
    now = folded(pitches[min(pitches)], low, size) + 1 if pitches else 0
    for place in range(STEPS):
        if place in pitches:
            now = folded(pitches[place], low, size) + 1
        row[place] = now
    return row


def _pitches(page: Page, voice: int, place: int) -> list[int]:
    if voice == CHORDS:
        return [int(pitch) + CHORDS_LOW for pitch in np.flatnonzero(page.chords[place])]
    row, low = (page.lead, LEAD_LOW) if voice == LEAD else (page.bass, BASS_LOW)
    return [int(row[place]) - 1 + low] if row[place] else []
