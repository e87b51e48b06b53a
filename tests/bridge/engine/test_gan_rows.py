import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.gan_rows import (
    FILL,
    FOLLOW,
    FRAME,
    TAPPED,
    WISHES,
    Hits,
    frame,
    kit_of,
    layout,
    squashed,
    tap_of,
    wishes,
)
from bridge.engine.kit import KIT, NAMES
from bridge.engine.window import STEPS, Cell

cells = st.lists(
    st.builds(
        Cell, st.integers(0, 31), st.floats(-0.125, 0.125), st.integers(0, 127), st.just(0.1), st.integers(1, 127)
    ),
    max_size=40,
)


@given(cells)
def test_a_kit_has_the_loudest_stroke_of_each_piece_and_step(hits: list[Cell]) -> None:
    kit = kit_of(hits)
    assert kit.onset.shape == (9, STEPS)
    assert set(np.unique(kit.onset)) <= {0.0, 1.0}
    assert ((kit.velocity > 0) == (kit.onset > 0)).all()
    assert (np.abs(kit.offset) <= 1.0).all()


@given(cells)
def test_squashing_a_kit_leaves_its_rhythm(hits: list[Cell]) -> None:
    drums = [cell for cell in hits if cell.pitch in KIT]
    line, tap = squashed(kit_of(drums)), tap_of(drums)
    assert (line.onset == tap.onset).all()
    np.testing.assert_allclose(line.velocity, tap.velocity, atol=1e-6)


def test_only_what_is_listened_to_is_squashed() -> None:
    kit = kit_of([Cell(0, 0.0, KIT[0], 0.1, 100), Cell(4, 0.0, KIT[2], 0.1, 100)])
    heard = np.zeros((9, STEPS), np.bool_)
    heard[0] = True
    assert np.flatnonzero(squashed(kit, heard).onset).tolist() == [0]


def test_a_frame_tells_bars_beats_and_fills() -> None:
    grid = frame(24, 12, (1,))
    assert grid.shape == (len(FRAME), STEPS)
    assert np.flatnonzero(grid[FRAME.index("bar line")]).tolist() == [0, 12]
    assert np.flatnonzero(grid[FILL]).tolist() == list(range(12, 24))
    assert not grid[:, 24:].any()


def test_what_is_not_known_is_told_as_such() -> None:
    row = wishes(0, math.nan, 1.0, tapped=False)
    assert row.shape == (WISHES,)
    assert not row.any()
    told = wishes(1, 2.0, 0.5)
    assert told[0] == 1.0
    assert told[FOLLOW] == 0.5
    assert told[TAPPED] == 1.0


def test_the_layout_names_every_drum() -> None:
    assert all(name in layout() for name in NAMES)


def test_hits_are_of_three_kinds() -> None:
    assert Hits._fields == ("onset", "velocity", "offset")
