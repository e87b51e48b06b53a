"""Rolls: a window of the whole band as numbers on its grid, and the notes that numbers stand for.

Lead and bass are one line each (a step rests, holds or begins a pitch); chords are pitches that begin or sound; drums
are the nine pieces of the kit.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.kit import KIT, PIECE_OF
from bridge.engine.window import PER_BEAT, STEPS, Cell, Window, sounded
from bridge.music.note import Note, Voice

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

VOICES = (Voice.LEAD, Voice.BASS, Voice.CHORDS, Voice.DRUMS)
"""The voices in the order of their columns."""
BEATS = STEPS // PER_BEAT
RANGES = {Voice.LEAD: (45, 96), Voice.BASS: (24, 62), Voice.CHORDS: (36, 91)}
"""Lowest and highest MIDI pitch of each pitched voice; notes beyond move in by octaves."""
REST, HOLD, FIRST = 0, 1, 2
"""Classes of a line's step; FIRST is its lowest pitch."""
LEAD = 54
BASS = 41
CHORDS = 56
DRUMS = len(KIT)
WIDTHS = {Voice.LEAD: LEAD, Voice.BASS: BASS, Voice.CHORDS: 2 * CHORDS, Voice.DRUMS: 2 * DRUMS}
"""Columns of a step: one-hot lines; chords that begin, then chords that sound; drums that begin, then their force."""
COLUMNS = sum(WIDTHS.values())
FARTHEST = 0.125
"""Beats that a drum may lie off its step."""
SOUNDS, BEGINS = 1, 2
"""What a pitch of the chords does at a step, 0 being nothing."""


class Rolls(msgspec.Struct, frozen=True):
    """A window's notes. Arrays are [32, ...]; steps beyond the window's end are empty."""

    lead: Bytes
    """[32] classes."""
    bass: Bytes
    """[32] classes."""
    chords: Bytes
    """[32, 56] SOUNDS or BEGINS."""
    drums: Bytes
    """[32, 9] velocity, 0 for none."""
    offset: Floats
    """[32, 9] beats by which a drum comes after its step."""
    velocity: Bytes
    """[32, 3] velocity of lead, bass and chords where they begin."""


def folded(pitch: int, voice: Voice) -> int:
    """The pitch, moved by octaves into the voice's range."""
    low, high = RANGES[voice]
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def rolls(cells: Mapping[Voice, Sequence[Cell]], semitones: int = 0) -> Rolls:
    """Rolls of cells by voice, the pitched ones so many semitones higher.

    Of several notes of a line that begin together the highest (of the bass the lowest) stays.
    """
    velocity = np.zeros((STEPS, 3), np.uint8)
    lead = _line(cells.get(Voice.LEAD, ()), Voice.LEAD, semitones, velocity[:, 0])
    bass = _line(cells.get(Voice.BASS, ()), Voice.BASS, semitones, velocity[:, 1])
    chords = np.zeros((STEPS, CHORDS), np.uint8)
    for cell in sorted(cells.get(Voice.CHORDS, ())):
        column = folded(cell.pitch + semitones, Voice.CHORDS) - RANGES[Voice.CHORDS][0]
        tail = chords[cell.step + 1 : _end(cell), column]
        tail[tail == 0] = SOUNDS
        chords[cell.step, column] = BEGINS
        velocity[cell.step, 2] = max(velocity[cell.step, 2], cell.velocity)
    drums = np.zeros((STEPS, DRUMS), np.uint8)
    offset = np.zeros((STEPS, DRUMS), np.float32)
    for cell in cells.get(Voice.DRUMS, ()):
        piece = PIECE_OF.get(cell.pitch)
        if piece is not None and cell.velocity > drums[cell.step, piece]:
            drums[cell.step, piece] = cell.velocity
            offset[cell.step, piece] = min(max(cell.offset, -FARTHEST), FARTHEST)
    return Rolls(lead, bass, chords, drums, offset, velocity)


def columns(lead: Bytes, bass: Bytes, chords: Bytes, drums: Bytes) -> Floats:
    """What a graph is shown: [..., 32, 225] of lines [..., 32], chords [..., 32, 56] and drums [..., 32, 9]."""
    x = np.zeros((*lead.shape, COLUMNS), np.float32)
    np.put_along_axis(x, lead[..., None].astype(np.int64), 1.0, -1)
    np.put_along_axis(x, bass[..., None].astype(np.int64) + LEAD, 1.0, -1)
    at = LEAD + BASS
    x[..., at : at + CHORDS] = chords == BEGINS
    x[..., at + CHORDS : at + 2 * CHORDS] = chords > 0
    at += 2 * CHORDS
    x[..., at : at + DRUMS] = drums > 0
    x[..., at + DRUMS :] = drums / np.float32(127)
    return x


def cells_of(made: Rolls, voices: Collection[Voice], steps: int = STEPS) -> dict[Voice, list[Cell]]:
    """The cells of some voices of rolls, in the first `steps` steps."""
    found: dict[Voice, list[Cell]] = {}
    for voice, line, column in ((Voice.LEAD, made.lead, 0), (Voice.BASS, made.bass, 1)):
        if voice in voices:
            found[voice] = list(_sung(line[:steps], made.velocity[:, column], RANGES[voice][0]))
    if Voice.CHORDS in voices:
        found[Voice.CHORDS] = list(_struck(made.chords[:steps], made.velocity[:, 2]))
    if Voice.DRUMS in voices:
        found[Voice.DRUMS] = [
            Cell(int(step), float(made.offset[step, piece]), KIT[piece], 0.2, int(made.drums[step, piece]))
            for step, piece in np.argwhere(made.drums[:steps])
        ]
    return found


def notes_of(made: Rolls, window: Window, voices: Collection[Voice], semitones: int = 0) -> list[Note]:
    """The notes of some voices of rolls in a window, the pitched ones so many semitones higher, in order of time."""
    notes = []
    for voice, found in cells_of(made, voices, window.steps).items():
        for cell in found:
            pitch = cell.pitch if voice is Voice.DRUMS else min(max(cell.pitch + semitones, 0), 127)
            notes.append(sounded(cell._replace(pitch=pitch), window, voice))
    return sorted(notes, key=lambda note: (note.beat, note.voice, note.pitch))


def _line(cells: Iterable[Cell], voice: Voice, semitones: int, velocity: Bytes) -> Bytes:
    line = np.zeros(STEPS, np.uint8)
    top = voice is Voice.LEAD
    begun: dict[int, Cell] = {}
    for cell in cells:
        other = begun.get(cell.step)
        if other is None or (cell.pitch > other.pitch) == top:
            begun[cell.step] = cell
    for step in sorted(begun):
        cell = begun[step]
        line[step + 1 :] = REST
        line[step] = folded(cell.pitch + semitones, voice) - RANGES[voice][0] + FIRST
        line[step + 1 : _end(cell)] = HOLD
        velocity[step] = cell.velocity
    return line


def _end(cell: Cell) -> int:
    """The step at which a note has ended."""
    return min(cell.step + max(round(cell.length * PER_BEAT), 1), STEPS)


def _sung(line: Bytes, velocity: Bytes, lowest: int) -> Iterable[Cell]:
    for step in np.flatnonzero(line >= FIRST).tolist():
        length = 1
        while step + length < len(line) and line[step + length] == HOLD:
            length += 1
        yield Cell(step, 0.0, int(line[step]) - FIRST + lowest, length / PER_BEAT, int(velocity[step]))


def _struck(chords: Bytes, velocity: Bytes) -> Iterable[Cell]:
    for step, column in np.argwhere(chords == BEGINS).tolist():
        length = 1
        while step + length < len(chords) and chords[step + length, column] == SOUNDS:
            length += 1
        pitch = column + RANGES[Voice.CHORDS][0]
        yield Cell(step, 0.0, pitch, length / PER_BEAT, int(velocity[step]))
