import numpy as np

from bridge.engine.diffusion_condition import HERE, ROOT, TOLD
from bridge.engine.diffusion_table import BASS, LEAD, ONSET
from export.diffusion.dataset import key_shift, shelve, told
from tests.export.ensemble.bands import band


def test_windows_of_a_piece_know_their_neighbours() -> None:
    shelf = shelve([band(0), band(1)])
    assert len(shelf) == 16
    assert shelf.before.tolist() == [-1, *range(7), -1, *range(8, 15)]
    assert shelf.after.tolist() == [*range(1, 8), -1, *range(9, 16), -1]
    assert abs(shelf.chances.sum() - 1) < 1e-9


def test_every_piece_stands_in_c() -> None:
    for number in range(12):
        shelf = shelve([band(number)])
        roots = shelf.tables[:, 0, BASS.column + 1] % 12
        assert set(roots.tolist()) == {0, 7}
        assert shelf.chords[0, 0].tolist() == [0, 0]


def test_a_tonic_goes_the_short_way_to_c() -> None:
    for tonic in range(12):
        assert (tonic + key_shift(tonic)) % 12 == 0
        assert -6 <= key_shift(tonic) <= 6


def test_onsets_are_counted_by_voice() -> None:
    shelf = shelve([band(0)])
    assert shelf.onsets[0].tolist() == [8, 4, 4, 8]
    assert (shelf.tables[0, :, LEAD.column] == ONSET).sum() == 8


def test_what_is_told_has_the_chords_of_the_windows_around() -> None:
    shelf = shelve([band(0)])
    steps, _ = told(shelf, 1)
    assert steps[:, TOLD].all()
    assert steps[0, ROOT].argmax() == 0
    assert steps[16, ROOT].argmax() == 5
    assert steps[HERE][0, ROOT].argmax() == 7
    first, _ = told(shelf, 0)
    assert not first[:32, TOLD].any()
    assert np.isfinite(first).all()
