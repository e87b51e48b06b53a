"""Windows of pieces: whole bars on the grid of 16ths, as the families that make bars at once are trained on."""

import itertools
from collections.abc import Iterator, Mapping

import msgspec

from bridge.engine.grid import TICKS
from bridge.engine.window import PER_BEAT, Cell, Window, cells, window_at
from bridge.music.chord import Chord
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from export.data.piece import VOICE_OF, Column, Piece, Role

TICKS_A_STEP = TICKS // PER_BEAT


class Excerpt(msgspec.Struct, frozen=True):
    """The bars of a window of a piece. Beats count from its first bar line."""

    piece: Piece
    first: int
    """Index of its first bar in the piece."""
    bars: int
    meter: Meter
    window: Window
    """It starts at beat 0; `number` counts from the piece's first bar."""
    notes: Mapping[Voice, list[Note]]
    """The notes that begin in it, of every voice that the piece has, drums with their micro-timing."""

    def cells(self, voice: Voice) -> list[Cell]:
        """The notes of a voice on the grid."""
        return cells(self.notes.get(voice, []), self.window)

    def chord_at(self, step: int) -> Chord | None:
        """The chord that sounds at a step; None for none."""
        return self.piece.chord_at(int(self.piece.bars[self.first]) + step * TICKS_A_STEP)

    @property
    def place(self) -> float:
        """Where it begins in the piece, 0 to 1."""
        return self.first / max(len(self.piece.bars) - 1 - self.bars, 1)


def excerpts(piece: Piece, hop: int = 0, start: int = 0) -> Iterator[Excerpt]:
    """The windows of a piece from bar `start` on, every `hop` bars (0: one after another).

    Bars of other lengths than their meter's (upbeats, cadenzas) and windows over a change of meter are left out.
    """
    meters = {index: Meter(beats, unit) for index, beats, unit in piece.meters}
    changes = sorted(meters)
    index, count = start, len(piece.bars) - 1
    ticks = piece.notes[:, Column.TICK]
    while index < count:
        held = [at for at in changes if at <= index]
        meter = meters[held[-1]] if held else Meter()
        shape = window_at(0.0, meter, 0.0)
        bars = shape.steps // shape.bar
        lines = piece.bars[index : index + bars + 1]
        even = len(lines) == bars + 1 and all(b - a == shape.bar * TICKS_A_STEP for a, b in itertools.pairwise(lines))
        if meter.bar * PER_BEAT != shape.bar or not even or any(index < at < index + bars for at in changes):
            index += 1
            continue
        low, high = ticks.searchsorted([lines[0], lines[-1]])
        notes: dict[Voice, list[Note]] = {VOICE_OF[role]: [] for role in piece.roles}
        for row, micro in zip(piece.notes[low:high].tolist(), piece.micro[low:high].tolist(), strict=True):
            voice = VOICE_OF[Role(row[Column.ROLE])]
            beat = (row[Column.TICK] - int(lines[0])) / TICKS + micro
            notes[voice].append(
                Note(voice, beat, max(row[Column.LENGTH], 1) / TICKS, row[Column.PITCH], row[Column.VELOCITY])
            )
        yield Excerpt(piece, index, bars, meter, msgspec.structs.replace(shape, start=0.0, number=index // bars), notes)
        index += hop or bars
