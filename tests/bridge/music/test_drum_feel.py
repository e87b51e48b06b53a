import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.drum_feel import GROUPS, JITTER, LATE, PIECES, kit_piece, lateness

styles = st.sampled_from([style for styles in GROUPS.values() for style in styles])


def test_every_group_says_how_each_piece_lies_on_each_sixteenth() -> None:
    assert LATE.keys() == GROUPS.keys()
    assert all(tuple(rows) == PIECES and all(len(row) == 4 for row in rows.values()) for rows in LATE.values())


@given(styles, st.integers(0, 127), st.floats(0, 64), st.floats(0, 1))
def test_no_stroke_leaves_its_place(style: str, pitch: int, beat: float, chance: float) -> None:
    assert abs(lateness(style, pitch, beat, chance)) <= 0.03
    assert lateness(style, pitch, beat, chance, amount=0.0) == 0.0


def test_a_funk_snare_drags_between_the_beats() -> None:
    assert lateness("funk", 38, 4.25, 0.5) == pytest.approx(0.014)
    assert lateness("funk", 38, 4.0, 0.5) < lateness("funk", 38, 4.25, 0.5)


def test_between_sixteenths_only_luck_counts() -> None:
    assert lateness("jazz", 51, 1 / 3, 0.5) == 0.0
    assert lateness("jazz", 51, 1 / 3, 1.0) == pytest.approx(2 * JITTER / 1000)


def test_a_style_nobody_measured_is_played_as_rock() -> None:
    assert lateness("chorale", 42, 0.25, 0.5) == lateness("rock", 42, 0.25, 0.5)
    assert kit_piece(42) == "hat"
    assert kit_piece(70) == "other"
