import numpy as np

from bridge.music.foresight import PACES, STATES, chord
from export.data.piece import Role
from export.foresight import Beats, beats, count, judge
from tests.export.ensemble.bands import band


def made() -> list[Beats]:
    return [each for number in range(6) if (each := beats(band(number))) is not None]


def test_a_piece_is_read_beat_by_beat_relative_to_its_tonic() -> None:
    piece = band(0)
    found = beats(piece)
    assert found is not None
    at = piece.chord_at(int(piece.bars[0]) + 24 * 4)
    assert at is not None
    assert chord(int(found.states[4]), piece.tonic).root == at.root
    assert found.notes.shape == (len(found.states), 12)
    assert found.notes.sum() >= len(piece.part(Role.LEAD)) * 0.25
    assert set(found.strengths.tolist()) <= {0, 1, 2}
    assert found.strengths[0] == 2


def test_what_is_counted_are_probabilities() -> None:
    tables = count(made())
    np.testing.assert_allclose(tables.moves.sum(2), 1.0)
    np.testing.assert_allclose(tables.chords.sum(1), 1.0)
    assert tables.paces.shape == (PACES,)
    assert ((tables.changes > 0) & (tables.changes < 1)).all()
    assert tables.notes.shape == (2, STATES, 12)


def test_what_was_counted_foretells_better_once_a_beat_is_heard() -> None:
    marks = judge(count(made()), made())
    assert marks
    assert all(0 <= mark.before <= 1 and mark.after >= mark.tonic for mark in marks.values())
