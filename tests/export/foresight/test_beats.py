import numpy as np

from bridge.music.foresight import HEARD, ONSET, chord
from export.data.piece import Role
from export.foresight.beats import TICKS, beats, heard
from tests.export.ensemble.bands import band


def test_a_piece_is_read_beat_by_beat_relative_to_its_tonic() -> None:
    piece = band(0)
    found = beats(piece)
    assert found is not None
    at = piece.chord_at(int(piece.bars[0]) + TICKS * 4)
    assert at is not None
    assert (chord(int(found.states[4])).root + piece.tonic) % 12 == at.root
    assert len(found.melody) == len(piece.part(Role.LEAD))
    assert set(found.strengths.tolist()) <= {0, 1, 2}
    assert found.strengths[0] == 2


def test_of_a_beat_only_what_has_sounded_so_far_is_heard() -> None:
    notes = np.array([[0, 0, 36, 60], [0, 30, 6, 64], [0, 48, 24, 40]])
    whole = heard(notes, 0, np.full(3, TICKS))
    assert whole.shape == (3, HEARD)
    np.testing.assert_allclose(whole[0, [0, 4]], [1 + ONSET, 0])
    np.testing.assert_allclose(whole[1, [0, 4]], [0.5, 0.25 + ONSET])
    np.testing.assert_allclose(whole[2, [4, 12 + 4]], [1 + ONSET, 1 + ONSET])
    np.testing.assert_allclose(whole[:2, 12:], 0)
    part = heard(notes, 0, np.array([12, 6, 0]))
    np.testing.assert_allclose(part[0, 0], 0.5 + ONSET)
    np.testing.assert_allclose(part[1, [0, 4]], [0.25, 0])
    np.testing.assert_allclose(part[2], 0)


def test_what_is_heard_is_told_above_the_tonic() -> None:
    notes = np.array([[0, 0, 24, 62]])
    assert heard(notes, 2, np.full(1, TICKS)).argmax() == 0
