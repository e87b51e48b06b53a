import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.grid import TICKS, snap_tick
from export.data import proxies
from export.data.piece import Column, Piece, Role, excerpt, split, transpose, window
from tests.export.data.makings import groove, hymn, pieces

quick = settings(max_examples=30, deadline=None)


def overlaps(piece: Piece) -> int:
    """How many notes last into a later one of their own role and pitch."""
    ends: dict[tuple[int, int], int] = {}
    found = 0
    for role, tick, length, pitch, *_ in piece.notes.tolist():
        found += ends.get((role, pitch), -(10**6)) > tick
        ends[role, pitch] = tick + length
    return found


@quick
@given(pieces())
def test_notes_come_in_order_and_never_over_their_own_like(piece: Piece) -> None:
    keys = piece.notes[:, [Column.TICK, Column.ROLE, Column.PITCH]].tolist()
    assert keys == sorted(keys)
    assert len({tuple(key) for key in keys}) == len(keys)
    assert overlaps(piece) == 0
    assert (piece.notes[:, Column.LENGTH] > 0).all()
    assert len(piece.micro) == len(piece.notes)


@quick
@given(pieces())
def test_bar_lines_cover_the_notes_and_have_the_lengths_of_their_meters(piece: Piece) -> None:
    assert piece.bars[0] <= piece.notes[0, Column.TICK]
    assert piece.bars[-1] > piece.notes[-1, Column.TICK]
    assert (np.diff(piece.bars) > 0).all()
    assert piece.meters[0][0] == 0
    changes = {index: beats * 4 * TICKS // unit for index, beats, unit in piece.meters}
    length = 0
    for index, bar in enumerate(np.diff(piece.bars).tolist()):
        length = changes.get(index, length)
        assert abs(bar - length) <= 2


@quick
@given(pieces())
def test_pitched_notes_lie_on_the_grid_and_drums_where_they_were(piece: Piece) -> None:
    drums = piece.notes[:, Column.ROLE] == Role.DRUMS
    for tick in piece.notes[~drums, Column.TICK].tolist():
        assert snap_tick(tick) == tick
    assert (np.abs(piece.micro) <= 0.5 / TICKS + 1e-6).all()
    assert not piece.micro[~drums].any()


@quick
@given(pieces(), st.integers(-6, 5))
def test_a_piece_moved_up_and_down_again_is_the_same(piece: Piece, steps: int) -> None:
    there = transpose(piece, steps)
    back = transpose(there, -steps)
    assert (back.notes == piece.notes).all()
    assert (back.chords == piece.chords).all()
    assert (back.tonic, back.mode) == (piece.tonic, piece.mode)
    drums = piece.notes[:, Column.ROLE] == Role.DRUMS
    moved = there.notes[:, Column.ROLE] == Role.DRUMS
    assert (there.notes[moved] == piece.notes[drums]).all()
    assert overlaps(there) == 0


def test_a_moved_piece_is_as_bright_as_what_is_heard() -> None:
    piece = transpose(hymn(), 5)
    assert piece.brightness == pytest.approx(proxies.brightness(piece.notes))
    assert piece.chord_at(0) is not None
    assert piece.chord_at(0) == hymn().chord_at(0).moved(5)  # type: ignore[union-attr]


@quick
@given(pieces(), st.integers(1, 6), st.integers(0, 99))
def test_a_window_is_a_piece_of_its_own(piece: Piece, bars: int, seed: int) -> None:
    part = window(piece, bars, np.random.default_rng(seed))
    assert len(part.bars) - 1 == min(bars, len(piece.bars) - 1)
    inside = (part.notes[:, Column.TICK] >= part.bars[0]) & (part.notes[:, Column.TICK] < part.bars[-1])
    assert inside.all()
    assert part.meters[0][0] == 0
    assert all(0 <= index < len(part.bars) - 1 for index, _, _ in part.meters)
    for line in part.bars[:-1].tolist():
        assert part.chord_at(line) == piece.chord_at(line)


def test_windows_side_by_side_have_every_note() -> None:
    piece = hymn(8)
    assert sum(len(excerpt(piece, first, 2).notes) for first in range(0, 8, 2)) == len(piece.notes)


def test_no_cluster_is_on_both_sides_of_the_split() -> None:
    made = [hymn(4, cluster=str(number)) for number in range(120)] * 2
    train, valid = split(made)
    assert not {p.cluster for p in train} & {p.cluster for p in valid}
    assert 2 <= len(valid) <= 30
    assert len(train) + len(valid) == len(made)


def test_a_piece_of_drums_has_no_brightness() -> None:
    piece = groove()
    assert math.isnan(piece.brightness)
    assert not math.isnan(piece.arousal)
    assert piece.drum_dynamics
    assert not piece.dynamics


def test_the_tempo_has_no_part_in_arousal() -> None:
    assert groove(tempo=80).arousal == groove(tempo=160).arousal
