"""What a band plays that the training set has note for note: figures of eight notes, in any key, at any place."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine.grid import TICKS
from bridge.music.note import Note, Voice
from export.data.piece import PLAYED, Column, Piece, Role, Table
from export.evaluate.accompany.sounding import judged
from export.evaluate.accompany.trial import Trial

GRAM = 8
"""Notes of a figure."""
VOICES = (Voice.CHORDS, Voice.BASS, Voice.LEAD)
BASE = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


def grams(ticks: NDArray[np.int64], pitches: NDArray[np.int64]) -> Hashes:
    """Hashes of all figures of GRAM notes of a part in time order: its intervals and gaps."""
    if len(ticks) < GRAM:
        return np.empty(0, np.uint64)
    moves = ((np.diff(pitches) + 128) * 4096 + np.minimum(np.diff(ticks), 4095) + 1).astype(np.uint64)
    found = np.zeros(len(moves) - GRAM + 2, np.uint64)
    for step in range(GRAM - 1):
        found = (found ^ moves[step : step + len(found)]) * BASE
        found ^= found >> np.uint64(29)
    return found


def known(pieces: Iterable[Piece]) -> Hashes:
    """Every figure of the pitched parts that people wrote in training pieces, sorted; what a rule made is no copy."""
    found = [
        grams(part[:, Column.TICK].astype(np.int64), part[:, Column.PITCH].astype(np.int64))
        for piece in pieces
        for part in (_written(piece, role) for role in (Role.LEAD, Role.CHORDS, Role.BASS))
    ]
    return np.unique(np.concatenate([np.empty(0, np.uint64), *found]))


def _written(piece: Piece, role: Role) -> Table:
    part = piece.part(role)
    rows: Table = part[part[:, Column.SOURCE] == PLAYED]
    return rows


def copied(trial: Trial, notes: Sequence[Note], training: Hashes) -> float | None:
    """Share of a band's figures that are in the training set; None where there is no figure."""
    found = []
    for voice in VOICES:
        rows = sorted((round(n.beat * TICKS), n.pitch) for n in judged(trial, notes) if n.voice is voice)
        table = np.array(rows, np.int64).reshape(-1, 2)
        found.append(grams(table[:, 0], table[:, 1]))
    every = np.concatenate(found)
    return float(np.isin(every, training).mean()) if len(every) else None
