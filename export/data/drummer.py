"""Human drumming beside pieces that have no drummer of their own: a groove of near tempo, genre and density."""

import math
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from bridge.engine.grid import TICKS
from export.data.dice import dice
from export.data.piece import MADE, Column, Piece, Role, Table, is_held_out
from export.data.rows import Micro, tidy

GENRES: dict[str, tuple[str, ...]] = {
    "rock": ("rock", "punk", "pop"),
    "pop": ("pop", "soul", "rock", "gospel", "dance"),
    "funk": ("funk", "hiphop", "soul"),
    "jazz": ("jazz",),
    "latin": ("latin", "afrocuban", "reggae"),
    "reggae": ("reggae",),
    "reel": ("country", "punk", "rock"),
    "hornpipe": ("country", "neworleans"),
    "morris": ("neworleans", "country"),
    "march": ("neworleans",),
    "ragtime": ("neworleans", "jazz", "country"),
    "popular-dance": ("latin", "country", "rock"),
    "folk": ("country", "pop"),
}
"""Style of a piece -> genres of grooves that go with it, the best first."""
CHANCE = {"reel": 0.4, "hornpipe": 0.4, "morris": 0.4, "folk": 0.5}
"""Share of the pieces of a style that get a groove; of the others most."""
USUAL_CHANCE = 0.75
FARTHEST = 0.4
"""Octaves of tempo between a piece and its groove at most."""
BAR = 4 * TICKS
FEWEST_BARS = 4


class Groove(NamedTuple):
    """A performance in 4/4: genre, tempo, onsets a beat, bars, rows, micro-timing, and its side of the split."""

    genre: str
    tempo: float
    density: float
    bars: int
    rows: Table
    micro: Micro
    held_out: bool


class Drummer:
    """Chooses a groove for a piece, the same one every time, and plays it under the piece."""

    def __init__(self, performances: list[Piece]) -> None:
        self._grooves = [_groove(piece) for piece in performances if _usable(piece)]

    def join(self, piece: Piece) -> Piece:
        """The piece with a groove in place of drums made by rule, or as it is where none fits or people play drums."""
        genres = GENRES.get(piece.style)
        kit = piece.part(Role.DRUMS)
        if genres is None or (len(kit) and not (kit[:, Column.SOURCE] == MADE).all()):
            return piece
        if dice(piece.id, "drummer") > CHANCE.get(piece.style, USUAL_CHANCE):
            return piece
        chosen = self._choose(piece, genres)
        return piece if chosen is None else _joined(piece, *chosen)

    def _choose(self, piece: Piece, genres: tuple[str, ...]) -> tuple[Groove, int] | None:
        """A groove and by how much its beats are stretched."""
        side = is_held_out(piece.cluster)
        found: list[tuple[float, int, int]] = []
        wanted = math.exp(0.75 * 0.44 * (0.0 if math.isnan(piece.arousal) else piece.arousal)) * 2.4
        for number, groove in enumerate(self._grooves):
            if groove.genre not in genres or groove.held_out != side:
                continue
            for stretch in (1, 2):
                away = abs(math.log2(piece.tempo / (groove.tempo * stretch)))
                if away < FARTHEST:
                    dense = abs(math.log2(groove.density / stretch / wanted))
                    cost = 3 * away + 0.4 * genres.index(groove.genre) + 0.5 * dense
                    found.append((cost, number, stretch))
        if not found:
            return None
        best = sorted(found)[:6]
        _, number, stretch = best[int(dice(piece.id, "groove") * len(best))]
        return self._grooves[number], stretch


def _usable(piece: Piece) -> bool:
    return piece.meters[0][1:] == (4, 4) and len(piece.bars) - 1 >= FEWEST_BARS and len(piece.notes) >= 8 * FEWEST_BARS


def _groove(piece: Piece) -> Groove:
    bars = int(piece.notes[-1, Column.TICK]) // BAR
    rows, micro = piece.notes, piece.micro
    density = len(np.unique(rows[:, Column.TICK])) / max(1, bars * 4)
    return Groove(piece.style, piece.tempo, density, max(1, bars), rows, micro, is_held_out(piece.cluster))


def _joined(piece: Piece, groove: Groove, stretch: int) -> Piece:
    """The groove laid under every run of bars that hold it whole, anew from a bar of its own at each run."""
    others = piece.notes[:, Column.ROLE] != Role.DRUMS
    tables, micro = [piece.notes[others]], [piece.micro[others]]
    pitched = tables[0][:, Column.TICK]
    bar = int(dice(piece.id, "start") * groove.bars)
    for start, end in _runs(piece):
        tick = start
        while tick < end:
            low, high = bar * BAR, (bar + 1) * BAR
            first, last = np.searchsorted(groove.rows[:, Column.TICK], [low, high])
            rows, late = groove.rows[first:last].copy(), groove.micro[first:last] * stretch
            off = (rows[:, Column.TICK] - low + late / stretch * TICKS) * stretch
            near = np.rint(off)
            rows[:, Column.TICK] = tick + near.astype(np.int32)
            rows[:, Column.SOURCE] = MADE
            inside = (rows[:, Column.TICK] >= tick) & (rows[:, Column.TICK] < end)
            tables.append(rows[inside])
            micro.append(((off - near) / TICKS).astype(np.float32)[inside])
            tick += BAR * stretch
            bar = (bar + 1) % groove.bars
    if not len(pitched) or len(tables) == 1:
        return piece
    notes, off_tick = tidy(np.concatenate(tables), np.concatenate(micro))
    return msgspec.structs.replace(piece, notes=notes, micro=off_tick, drum_dynamics=True)


def _runs(piece: Piece) -> list[tuple[int, int]]:
    """Stretches of bars of 2/4, 4/4 or 2/2 without another length between, from the first onset's bar on."""
    runs: list[tuple[int, int]] = []
    length = 0
    for start, end in pairwise(piece.bars.tolist()):
        if end - start not in (BAR // 2, BAR):
            length = 0
            continue
        if runs and runs[-1][1] == start and end - start == length:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
        length = end - start
    return runs
