"""Bars as a table of whole numbers: what each voice does in every 16th of a window, from notes and back to notes.

A table [steps, COLUMNS] says for lead and bass: rest, onset or hold, pitch, velocity; for chords: the same state, the
pitch classes struck or still ringing (as bits), lowest and highest pitch, velocity; for drums the velocity of each
piece of the kit.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.kit import KIT, PIECE_OF
from bridge.engine.window import PER_BEAT, STEPS, Window
from bridge.music.note import Note, Voice

Table = NDArray[np.int16]

REST, ONSET, HOLD = range(3)
"""States of a voice at a step."""
VOICES = (Voice.LEAD, Voice.BASS, Voice.CHORDS, Voice.DRUMS)
"""In the order of the columns and channels."""


class Part(NamedTuple):
    """Where a voice's numbers begin in a table, a roll and the logits, and the octaves it keeps within."""

    column: int
    channel: int
    logit: int
    lowest: int = 0
    octaves: int = 0


LEAD = Part(0, 0, 0, 48, 5)
BASS = Part(3, 20, 21, 24, 3)
CHORDS = Part(6, 38, 40)
DRUMS = Part(11, 55, 58)
LINES = ((Voice.LEAD, LEAD), (Voice.BASS, BASS))
"""The voices of one note at a time."""
COLUMNS = 20
COLUMNS_OF = {
    Voice.LEAD: slice(0, 3),
    Voice.BASS: slice(3, 6),
    Voice.CHORDS: slice(6, 11),
    Voice.DRUMS: slice(11, 20),
}


def encode(notes: Iterable[Note], window: Window, up: int = 0) -> Table:
    """The table of a window [STEPS, COLUMNS], pitches `up` semitones higher; notes that ring into it are held."""
    table = np.zeros((STEPS, COLUMNS), np.int16)
    struck: dict[int, list[tuple[int, int, int]]] = {}
    ringing: list[tuple[int, int, int, int]] = []
    lines: dict[Voice, list[tuple[int, int, int, int]]] = {Voice.LEAD: [], Voice.BASS: []}
    for note in notes:
        place = (note.beat - window.start) * PER_BEAT
        first = int(place + 0.5) if place >= -0.5 else -1
        last = max(int((note.end - window.start) * PER_BEAT + 0.5), first + 1)
        if first >= window.steps or last <= 0:
            continue
        if note.voice is Voice.DRUMS:
            piece = PIECE_OF.get(note.pitch)
            if piece is not None and first >= 0:
                column = DRUMS.column + piece
                table[first, column] = max(table[first, column], note.velocity)
        elif note.voice is Voice.CHORDS:
            ringing.append((first, min(last, window.steps), note.pitch + up, note.velocity))
            if first >= 0:
                struck.setdefault(first, []).append((note.pitch + up, last, note.velocity))
        elif note.voice in lines:
            lines[note.voice].append((first, min(last, window.steps), note.pitch + up, note.velocity))
    for voice, part in LINES:
        _line(table, part, lines[voice], top=voice is Voice.LEAD)
    _chords(table, struck, ringing, window.steps)
    return table


def _line(table: Table, part: Part, notes: list[tuple[int, int, int, int]], top: bool) -> None:
    """One note at a time: of those that begin together the highest (`top`) or the lowest, each until the next."""
    notes.sort(key=lambda each: (each[0], each[2] if top else -each[2]))
    column = part.column
    for first, last, pitch, velocity in notes:
        folded = fold(pitch, part)
        begin = max(first, 0)
        table[begin:, column : column + 3] = 0
        table[begin:last, column] = HOLD
        table[begin:last, column + 1] = folded
        if first >= 0:
            table[first, column] = ONSET
            table[first, column + 2] = velocity


def _chords(
    table: Table, struck: dict[int, list[tuple[int, int, int]]], ringing: list[tuple[int, int, int, int]], steps: int
) -> None:
    """Strokes as they are struck; between them, the pitch classes that still ring."""
    column = CHORDS.column
    starts = sorted({0, *struck})
    for start, end in zip(starts, [*starts[1:], steps], strict=True):
        here = struck.get(start)
        if here is not None:
            pitches = [pitch for pitch, _, _ in here]
            table[start, column : column + 5] = (
                ONSET, _bits(pitches), min(pitches), max(pitches), round(sum(v for _, _, v in here) / len(here))
            )  # fmt: skip
        for step in range(start + (here is not None), end):
            over = [
                pitch
                for first, last, pitch, _ in ringing
                if first <= start and last > step and first >= _since(start, here)
            ]
            if not over:
                break
            table[step, column : column + 4] = HOLD, _bits(over), min(over), max(over)


def _since(start: int, here: object) -> int:
    """The step from which on a ringing note counts: the last stroke, or, before any, whatever rings in."""
    return start if here is not None else -1


def _bits(pitches: Iterable[int]) -> int:
    bits = 0
    for pitch in pitches:
        bits |= 1 << (pitch % 12)
    return bits


def fold(pitch: int, part: Part) -> int:
    """A pitch by octaves into a voice's range."""
    while pitch < part.lowest:
        pitch += 12
    while pitch >= part.lowest + 12 * part.octaves:
        pitch -= 12
    return pitch


def notes(table: Table, window: Window, voices: Sequence[Voice], up: int = 0) -> list[Note]:
    """The notes of some voices that a window's table says, pitches `up` semitones higher; what is out of MIDI's range
    is left out."""
    found: list[Note] = []
    for voice, part in LINES:
        if voice in voices:
            found += _sung(table, part, voice, window, up)
    if Voice.CHORDS in voices:
        found += _struck(table, window, up)
    if Voice.DRUMS in voices:
        for step in range(window.steps):
            for piece, velocity in enumerate(table[step, DRUMS.column :].tolist()):
                if velocity > 0:
                    found.append(Note(Voice.DRUMS, _beat(window, step), 0.25, KIT[piece], velocity))
    return [note for note in found if 0 <= note.pitch <= 127]


def _sung(table: Table, part: Part, voice: Voice, window: Window, up: int) -> Iterable[Note]:
    rows = table[: window.steps, part.column : part.column + 3].tolist()
    for step, (state, pitch, velocity) in enumerate(rows):
        if state == ONSET:
            end = step + 1
            while end < len(rows) and rows[end][0] == HOLD and rows[end][1] == pitch:
                end += 1
            yield Note(voice, _beat(window, step), (end - step) / PER_BEAT, pitch + up, min(max(velocity, 1), 127))


def _struck(table: Table, window: Window, up: int) -> Iterable[Note]:
    rows = table[: window.steps, CHORDS.column : CHORDS.column + 5].tolist()
    for step, (state, bits, low, top, velocity) in enumerate(rows):
        if state != ONSET:
            continue
        for pitch in voicing(bits, low, top):
            end = step + 1
            while end < len(rows) and rows[end][0] == HOLD and rows[end][1] >> (pitch % 12) & 1:
                end += 1
            yield Note(
                Voice.CHORDS, _beat(window, step), (end - step) / PER_BEAT, pitch + up, min(max(velocity, 1), 127)
            )


def voicing(bits: int, low: int, top: int) -> list[int]:
    """Pitches of a chord's tones: one as near as can be to the lowest, the rest above it, one near the highest."""
    tones = [tone for tone in range(12) if bits >> tone & 1]
    if not tones:
        return []
    bottom = min((low + (tone - low + 6) % 12 - 6 for tone in tones), key=lambda pitch: (abs(pitch - low), pitch))
    others = [bottom + (tone - bottom) % 12 for tone in tones if (tone - bottom) % 12]
    if top - bottom > 12 and others:
        highest = min(others, key=lambda pitch: abs((top - pitch + 6) % 12 - 6))
        others[others.index(highest)] = highest + 12 * round((top - highest) / 12)
    elif top - bottom >= 10 and not others:
        others = [bottom + 12 * max(round((top - bottom) / 12), 1)]
    return sorted({bottom, *others})


def _beat(window: Window, step: int) -> float:
    return window.start + step / PER_BEAT
