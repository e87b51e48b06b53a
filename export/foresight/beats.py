"""A piece beat by beat: the chord at each beat, and what a player's notes sound in it."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.foresight import HEARD, LOW, MODES, ONSET, PLAINER, STATE_KINDS
from export.data.piece import KIND_LIST, Column, Piece, Role

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

TICKS = 24
FEWEST = 8
"""Notes and beats that a piece must have."""
LONGEST = 8
"""Beats of a note that count."""
PITCHED = (Role.LEAD, Role.CHORDS, Role.BASS)
CLASSES = np.array([PLAINER[kind] for kind in KIND_LIST])


class Beats(msgspec.Struct, frozen=True):
    """A piece beat by beat, relative to its tonic."""

    set: str
    mode: int
    tonic: int
    states: Ints
    """[N] the chord at the beat; -1 for none."""
    strengths: Ints
    """[N] 0 weak, 1 middle of the bar, 2 bar line."""
    notes: Ints
    """[M, 4] role, tick from the first beat, length in ticks, pitch; by tick."""

    @property
    def melody(self) -> Ints:
        """The lead's notes."""
        found: Ints = self.notes[self.notes[:, 0] == Role.LEAD]
        return found


def beats(piece: Piece) -> Beats | None:
    """A piece's beats; None for one without enough of a lead, or without chords."""
    first, last = int(piece.bars[0]), int(piece.bars[-1])
    count = (last - first) // TICKS
    if len(piece.part(Role.LEAD)) < FEWEST or len(piece.chords) == 0 or count < FEWEST:
        return None
    places = first + TICKS * np.arange(count)
    row = np.searchsorted(piece.chords[:, 0], places, side="right") - 1
    root, kind = piece.chords[np.maximum(row, 0), 1], piece.chords[np.maximum(row, 0), 2]
    known = (row >= 0) & (root >= 0)
    states = np.where(known, (root - piece.tonic) % 12 * len(STATE_KINDS) + CLASSES[kind], -1)
    bar = np.searchsorted(piece.bars, places, side="right") - 1
    into = places - piece.bars[bar]
    length = np.diff(piece.bars)[np.minimum(bar, len(piece.bars) - 2)]
    columns = [Column.ROLE, Column.TICK, Column.LENGTH, Column.PITCH]
    notes = piece.notes[np.isin(piece.notes[:, Column.ROLE], PITCHED)][:, columns].astype(np.int64)
    notes[:, 1] -= first
    return Beats(
        set=piece.set,
        mode=MODES.index("minor" if piece.mode == "minor" else "major"),
        tonic=int(piece.tonic),
        states=states.astype(np.int64),
        strengths=np.where(into == 0, 2, np.where(into * 2 == length, 1, 0)),
        notes=notes[np.argsort(notes[:, 1], kind="stable")],
    )


def heard(notes: Ints, tonic: int, through: Ints) -> Floats:
    """[N, HEARD] beats that each pitch class above the tonic sounds in each beat, all notes and then the low ones.

    Of each beat only the first `through` [N] ticks are heard; what is struck counts ONSET beside its length.
    """
    found = np.zeros((len(through), HEARD), np.float32)
    inside = notes[(notes[:, 1] >= 0) & (notes[:, 1] < len(through) * TICKS)]
    struck, pitch = inside[:, 1], inside[:, 3]
    end = struck + np.minimum(inside[:, 2], LONGEST * TICKS)
    pitch_class, low = (pitch - tonic) % 12, pitch < LOW
    first = struck // TICKS
    there = struck - first * TICKS < through[first]
    _add(found, first[there], pitch_class[there], low[there], np.full(int(there.sum()), ONSET))
    for step in range(LONGEST + 1):
        beat = np.minimum(first + step, len(through) - 1)
        last = np.minimum(end, beat * TICKS + through[beat])
        sounds = np.where(first + step < len(through), last - np.maximum(struck, beat * TICKS), 0)
        some = sounds > 0
        _add(found, beat[some], pitch_class[some], low[some], sounds[some] / TICKS)
    return found


def _add(found: Floats, beat: Ints, pitch_class: Ints, low: NDArray[np.bool_], weight: NDArray[np.float64]) -> None:
    np.add.at(found, (beat, pitch_class), weight)
    np.add.at(found, (beat[low], 12 + pitch_class[low]), weight[low])
