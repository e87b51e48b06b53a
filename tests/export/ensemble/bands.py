"""Pieces for the tests of the accompanist: a tune over four chords with chords, bass and drums."""

import numpy as np

from export.data.piece import PLAYED, Piece, Role

CHORDS = ((0, 0), (5, 0), (7, 0), (0, 0))
"""Root and kind, a bar each."""


def band(number: int = 0, bars: int = 16, dynamics: bool = False) -> Piece:
    """A piece in 4/4 in a key of its own."""
    tonic = 5 * number % 12
    rows = []
    for bar in range(bars):
        root = (CHORDS[bar % 4][0] + tonic) % 12
        start = 96 * bar
        rows += [(Role.LEAD, start + 24 * n, 24, 60 + (root + step) % 24, 80) for n, step in enumerate((0, 4, 7, 4))]
        rows += [(Role.CHORDS, start + 48 * n, 48, 48 + (root + step) % 12, 80) for n in (0, 1) for step in (0, 4, 7)]
        rows += [(Role.BASS, start + 48 * n, 48, 36 + root, 80) for n in (0, 1)]
        rows += [(Role.DRUMS, start + 24 * n, 6, 38 if n % 2 else 36, 80 + n) for n in range(4)]
    notes = np.array([(*row, PLAYED) for row in rows], np.int32)
    notes = notes[np.lexsort((notes[:, 3], notes[:, 0], notes[:, 1]))]
    chords = [(96 * bar, (CHORDS[bar % 4][0] + tonic) % 12, CHORDS[bar % 4][1]) for bar in range(bars)]
    return Piece(
        id=f"band:{number}",
        set="freedoom",
        cluster=str(number),
        style="game rock",
        tempo=120.0,
        nominal_tempo=False,
        tonic=tonic,
        mode="major",
        arousal=0.0,
        brightness=0.0,
        notes=notes,
        micro=np.zeros(len(notes), np.float32),
        dynamics=dynamics,
        drum_dynamics=True,
        bars=np.arange(0, 96 * (bars + 1), 96, dtype=np.int32),
        meters=[(0, 4, 4)],
        chords=np.array(chords, np.int32),
        chords_given=True,
    )
