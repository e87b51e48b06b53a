"""Taking a keyboard's part asunder: the tune above, the bass below, the chords between."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from export.data.rows import Raw

Mask = NDArray[np.bool_]
REACH = 3
"""A left hand's note this many semitones above the bass before it may be the chord that goes with it."""
HOLD = 2.0
"""Beats for which a bass note holds under quick chord notes."""
LOW = 50
"""A low point of the left hand below this pitch is a bass note even where another has just been played."""
HIGHEST = 57
"""A left hand that plays above this pitch plays chords."""
TOGETHER = 0.04
"""Beats within which notes count as one stroke."""


class Stroke(NamedTuple):
    """Notes that begin together: when, their lowest pitch, and the row of that note."""

    beat: float
    pitch: float
    row: int


def strokes(raw: Raw) -> list[Stroke]:
    """The strokes of a part in time order."""
    found: list[Stroke] = []
    for row in np.lexsort((raw[:, 2], raw[:, 0])):
        beat, pitch = float(raw[row, 0]), float(raw[row, 2])
        if not found or beat - found[-1].beat > TOGETHER:
            found.append(Stroke(beat, pitch, int(row)))
        elif pitch < found[-1].pitch:
            found[-1] = Stroke(found[-1].beat, pitch, int(row))
    return found


def bass_of(raw: Raw) -> Mask:
    """Which notes of a left hand are its bass: the lowest of each stroke, less the broken chords above a bass note.

    Nothing above HIGHEST is bass.
    """
    chosen = np.zeros(len(raw), bool)
    line = strokes(raw)
    root = Stroke(-1e9, 128.0, -1)
    for index, stroke in enumerate(line):
        before = line[index - 1] if index else root
        after = line[index + 1].pitch if index + 1 < len(line) else 128.0
        quick = stroke.beat - before.beat < 1 - TOGETHER and stroke.beat - root.beat < HOLD - TOGETHER
        hollow = stroke.pitch < LOW and before.pitch - stroke.pitch >= REACH and after - stroke.pitch >= REACH
        if not quick or stroke.pitch < root.pitch + REACH or hollow:
            chosen[stroke.row] = stroke.pitch <= HIGHEST
            root = stroke
    return chosen


def top_of(raw: Raw) -> Mask:
    """Which notes are the upper line: the highest of each stroke, unless a longer one above it still sounds."""
    chosen = np.zeros(len(raw), bool)
    held_pitch, held_until, last = -1.0, -1.0, -1e9
    for row in np.lexsort((-raw[:, 2], raw[:, 0])):
        beat, length, pitch, _ = raw[row]
        if beat - last <= TOGETHER and last > -1e8:
            continue
        last = beat
        if pitch < held_pitch and beat < held_until:
            continue
        chosen[row] = True
        held_pitch, held_until = float(pitch), float(beat + 0.75 * length)
    return chosen


def halves(raw: Raw) -> Mask:
    """Which notes of a keyboard on one track are the left hand's: below the middle of each stroke's neighbourhood."""
    beat, pitch = raw[:, 0], raw[:, 2]
    order = np.argsort(beat, kind="stable")
    left = np.zeros(len(raw), bool)
    low, high = 0, 0
    sorted_beats, sorted_pitches = beat[order], pitch[order]
    for index, row in enumerate(order):
        while sorted_beats[low] < sorted_beats[index] - 1:
            low += 1
        while high < len(order) and sorted_beats[high] <= sorted_beats[index] + 1:
            high += 1
        near = sorted_pitches[low:high]
        middle = (float(near.min()) + float(near.max())) / 2
        left[row] = pitch[row] < min(max(middle, 52.0), 64.0)
    return left
