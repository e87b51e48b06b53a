"""Windows of all pieces as small tables, made once: what the denoiser is trained on and judged by.

A bar with MORE_TOMS tom hits more than is usual in its piece counts as a drum fill.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.diffusion_condition import AFTER, FILL, HERE, LENGTH, THERE, TOLD, steps_told, tell_chord, whole_told
from bridge.engine.diffusion_table import BASS, CHORDS, COLUMNS, DRUMS, LEAD, ONSET, VOICES, encode
from bridge.engine.ensemble_controls import STYLES
from bridge.engine.kit import NAMES
from bridge.engine.window import STEPS, Window
from bridge.music.chord import KINDS, Chord
from bridge.music.key import SCALES
from bridge.music.meter import Meter
from bridge.music.note import Note
from export.data.mixture import chances
from export.data.piece import KIND_INDEX, ROLE_OF, Piece
from export.data.windows import Excerpt, excerpts

NO_CHORD = -1
UNTOLD = -2
MINOR = "minor"
TOMS = slice(DRUMS.column + NAMES.index("low tom"), DRUMS.column + NAMES.index("high tom") + 1)
MORE_TOMS = 3
KNOWN = 4
"""Bars that a piece must have for what is usual in it to be known; in a shorter one no tom is."""
Array = NDArray[np.generic]


class Shelf(msgspec.Struct):
    """N windows in the order of their pieces, the key's tonic at C."""

    tables: NDArray[np.int16]
    """[N, STEPS, COLUMNS]"""
    chords: NDArray[np.int16]
    """[N, STEPS, 2] root (NO_CHORD: silence) and index of the kind."""
    steps: NDArray[np.int16]
    """[N, 4] steps, steps a bar, steps a beat as it is counted, number in the piece."""
    playing: NDArray[np.bool_]
    """[N, 4] voices that the piece has, in the order of VOICES."""
    minor: NDArray[np.bool_]
    styles: NDArray[np.int16]
    """[N] places in STYLES from 1 on, 0 for none."""
    before: NDArray[np.int64]
    """[N] index of the window before, -1 where there is none."""
    after: NDArray[np.int64]
    onsets: NDArray[np.int16]
    """[N, 4] steps on which each voice begins something."""
    fills: NDArray[np.bool_]
    """[N, STEPS] whether the step is in a bar that is a drum fill."""
    chances: NDArray[np.float64]
    """[N] probability of drawing each; they sum to 1."""

    def __len__(self) -> int:
        return len(self.tables)

    def window(self, index: int) -> Window:
        """A window's shape, from beat 0 on."""
        steps, bar, _, number = self.steps[index].tolist()
        return Window(0.0, steps, bar, number)


def key_shift(tonic: int) -> int:
    """Semitones from a tonic to the nearest C."""
    return (6 - tonic) % 12 - 6


def shelve(pieces: Sequence[Piece]) -> Shelf:
    """The windows of pieces."""
    rows: list[tuple[Array, Array, list[int], list[bool], bool, int]] = []
    before: list[int] = []
    weights: list[float] = []
    for piece, chance in zip(pieces, chances(list(pieces)), strict=True):
        first = len(rows)
        last: Excerpt | None = None
        for excerpt in excerpts(piece):
            follows = last is not None and excerpt.first == last.first + last.bars
            before.append(len(rows) - 1 if follows else -1)
            rows.append(_row(excerpt, last if follows else None))
            last = excerpt
        weights += [float(chance) / max(len(rows) - first, 1)] * (len(rows) - first)
    earlier = np.array(before, np.int64)
    later = np.full(len(rows), -1, np.int64)
    later[earlier[earlier >= 0]] = np.flatnonzero(earlier >= 0)
    probabilities = np.array(weights)
    tables = np.array([row[0] for row in rows], np.int16).reshape(-1, STEPS, COLUMNS)
    steps = np.array([row[2] for row in rows], np.int16).reshape(-1, 4)
    return Shelf(
        tables=tables,
        chords=np.array([row[1] for row in rows], np.int16).reshape(-1, STEPS, 2),
        steps=steps,
        playing=np.array([row[3] for row in rows], np.bool_).reshape(-1, 4),
        minor=np.array([row[4] for row in rows], np.bool_),
        styles=np.array([row[5] for row in rows], np.int16),
        before=earlier,
        after=later,
        onsets=onsets(tables),
        fills=fills(tables, steps, earlier),
        chances=probabilities / max(probabilities.sum(), 1e-12),
    )


def _row(excerpt: Excerpt, last: Excerpt | None) -> tuple[Array, Array, list[int], list[bool], bool, int]:
    piece, window, up = excerpt.piece, excerpt.window, key_shift(excerpt.piece.tonic)
    heard = [note for part in excerpt.notes.values() for note in part]
    if last is not None:
        heard += [_earlier(note, window.beats) for part in last.notes.values() for note in part]
    chords = np.full((STEPS, 2), NO_CHORD, np.int16)
    for step in range(window.steps):
        chord = excerpt.chord_at(step)
        if chord is not None:
            chords[step] = (chord.root + up) % 12, KIND_INDEX[chord.kind]
    style = STYLES.index(piece.style) + 1 if piece.style in STYLES else 0
    pulse = round(excerpt.meter.pulse * 4)
    shape = [window.steps, window.bar, pulse, window.number]
    playing = [ROLE_OF[voice] in piece.roles for voice in VOICES]
    return encode(heard, window, up), chords, shape, playing, piece.mode == MINOR, style


def _earlier(note: Note, beats: float) -> Note:
    return Note(note.voice, note.beat - beats, note.duration, note.pitch, note.velocity)


_TOLD: dict[tuple[int, int, int], NDArray[np.float32]] = {}


def told(shelf: Shelf, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Everything that could be told of a window: [LENGTH, STEP_SIZE] and [WHOLE_SIZE]."""
    window = shelf.window(index)
    pulse = int(shelf.steps[index, 2])
    shape = (window.steps, window.bar, pulse)
    if shape not in _TOLD:
        _TOLD[shape] = steps_told(window, pulse / 4, None)
    rows = _TOLD[shape].copy()
    for other, first, most in (
        (int(shelf.before[index]), 0, STEPS), (index, STEPS, STEPS), (int(shelf.after[index]), 2 * STEPS, AFTER),
    ):  # fmt: skip
        if other >= 0:
            for step, (root, kind) in enumerate(shelf.chords[other, :most].tolist()):
                if rows[first + step, THERE]:
                    rows[first + step, : TOLD + 1] = _CHORD_ROWS[root, kind if root >= 0 else 0]
    rows[HERE, FILL] = shelf.fills[index]
    playing = [voice for voice, plays in zip(VOICES, shelf.playing[index], strict=True) if plays]
    scale = SCALES["minor" if shelf.minor[index] else "major"]
    density = dict(zip(VOICES, (shelf.onsets[index] / window.beats).tolist(), strict=True))
    return rows, whole_told(window, playing, scale, int(shelf.styles[index]), density)


def onsets(tables: NDArray[np.int16]) -> NDArray[np.int16]:
    """Steps [N, 4] of tables [N, STEPS, COLUMNS] on which each voice begins something."""
    struck = [(tables[..., DRUMS.column :] > 0).any(-1)]
    lines = [tables[..., part.column] == ONSET for part in (LEAD, BASS, CHORDS)]
    return np.stack([each.sum(-1) for each in (*lines, *struck)], -1).astype(np.int16)


def fills(tables: NDArray[np.int16], steps: NDArray[np.int16], before: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Steps [N, STEPS] of tables [N, STEPS, COLUMNS] that are in a fill; `steps` and `before` as in a shelf."""
    toms = (tables[..., TOMS] > 0).sum(-1)
    place = np.arange(STEPS)
    bars = np.where(place < steps[:, :1], place // steps[:, 1:2], -1)
    hits = np.where(bars >= 0, 0, -1)
    for bar in range(int(bars.max(initial=-1)) + 1):
        here = bars == bar
        hits += here * (toms * here).sum(1, keepdims=True)
    first = np.flatnonzero(before < 0)
    usual = np.zeros((len(tables), 1))
    for start, end in zip(first.tolist(), [*first[1:].tolist(), len(tables)], strict=True):
        lines = (place % steps[start:end, 1:2] == 0) & (bars[start:end] >= 0)
        known = hits[start:end][lines]
        usual[start:end] = np.median(known) if len(known) >= KNOWN else 0.0
    found: NDArray[np.bool_] = hits >= usual + MORE_TOMS
    return found


def _chord_rows() -> dict[tuple[int, int], NDArray[np.float32]]:
    found = {}
    for root in range(NO_CHORD, 12):
        for index, kind in enumerate(KINDS):
            row = np.zeros(TOLD + 1, np.float32)
            tell_chord(row, Chord(root, kind) if root >= 0 else None)
            found[root, index] = row
    return found


_CHORD_ROWS = _chord_rows()
__all__ = ["LENGTH", "Meter", "Shelf", "fills", "key_shift", "onsets", "shelve", "told"]
