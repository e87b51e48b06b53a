"""From raw notes in beats to the rows of a piece's table: on the grid, sorted, no note over its own like."""

import numpy as np
from numpy.typing import NDArray

from bridge.engine.grid import NEAREST, TICKS
from export.data.piece import PLAYED, Column, Role, Table

SHORTEST = 3
"""Ticks that a pitched note lasts at least as read."""
STROKE = 3
"""Ticks of a drum's note."""
Micro = NDArray[np.float32]
Raw = NDArray[np.float64]
"""[N, 4] onset and duration in beats, MIDI pitch, velocity."""

_NEAREST = np.array(NEAREST, np.int64)


def pitched(raw: Raw, role: Role, source: int = PLAYED) -> Table:
    """Rows of one role, onsets pulled to the grid."""
    ticks = np.rint(raw[:, 0] * TICKS).astype(np.int64)
    onsets = ticks // TICKS * TICKS + _NEAREST[ticks % TICKS]
    ends = np.rint((raw[:, 0] + raw[:, 1]) * TICKS).astype(np.int64)
    return _rows(role, onsets, np.maximum(ends - onsets, SHORTEST), raw, source)


def struck(raw: Raw, source: int = PLAYED, performed: bool = True) -> tuple[Table, Micro]:
    """Rows of the drums on the nearest tick, and the beats by which each was off it (0 unless `performed`)."""
    ticks = np.rint(raw[:, 0] * TICKS).astype(np.int64)
    off = raw[:, 0] - ticks / TICKS if performed else np.zeros(len(raw))
    return _rows(Role.DRUMS, ticks, np.full(len(raw), STROKE), raw, source), off.astype(np.float32)


def _rows(role: Role, onsets: NDArray[np.int64], lengths: NDArray[np.int64], raw: Raw, source: int) -> Table:
    rows = np.empty((len(raw), len(Column)), np.int32)
    rows[:, Column.ROLE] = role
    rows[:, Column.TICK] = onsets
    rows[:, Column.LENGTH] = lengths
    rows[:, Column.PITCH] = raw[:, 2].clip(0, 127)
    rows[:, Column.VELOCITY] = raw[:, 3].clip(1, 127)
    rows[:, Column.SOURCE] = source
    return rows


def tidy(rows: Table, micro: Micro | None = None) -> tuple[Table, Micro]:
    """Rows by tick, role and pitch; of two alike at one tick the longer stays, and a note ends where its like begins.

    `micro` runs along with the rows; None counts as zeros.
    """
    micro = np.zeros(len(rows), np.float32) if micro is None else micro
    role, tick, length, pitch = (rows[:, c] for c in (Column.ROLE, Column.TICK, Column.LENGTH, Column.PITCH))
    order = np.lexsort((-length, tick, pitch, role))
    rows, micro = rows[order], micro[order]
    same = (rows[1:, Column.ROLE] == rows[:-1, Column.ROLE]) & (rows[1:, Column.PITCH] == rows[:-1, Column.PITCH])
    twice = np.concatenate([[False], same & (rows[1:, Column.TICK] == rows[:-1, Column.TICK])])
    rows, micro = rows[~twice], micro[~twice]
    same = (rows[1:, Column.ROLE] == rows[:-1, Column.ROLE]) & (rows[1:, Column.PITCH] == rows[:-1, Column.PITCH])
    gap = np.where(same, rows[1:, Column.TICK] - rows[:-1, Column.TICK], np.iinfo(np.int32).max)
    rows[:-1, Column.LENGTH] = np.minimum(rows[:-1, Column.LENGTH], gap)
    order = np.lexsort((rows[:, Column.PITCH], rows[:, Column.ROLE], rows[:, Column.TICK]))
    return rows[order], micro[order]
