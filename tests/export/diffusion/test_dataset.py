import numpy as np

from bridge.engine.diffusion_condition import FILL, HERE, ROOT, TOLD
from bridge.engine.diffusion_table import BASS, LEAD, ONSET
from export.diffusion.dataset import TOMS, fills, key_shift, shelve, told
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


def test_a_bar_with_more_toms_than_usual_is_a_fill_and_is_told_as_one() -> None:
    shelf = shelve([band(0)])
    assert not shelf.fills.any()
    tables = shelf.tables.copy()
    tables[:, ::16, TOMS.start] = 80
    tables[3, 16:24:2, TOMS.stop - 1] = 90
    shelf.fills = fills(tables, shelf.steps, shelf.before)
    assert [(window, step) for window, step in np.argwhere(shelf.fills).tolist()] == [(3, n) for n in range(16, 32)]
    rows, _ = told(shelf, 3)
    assert np.flatnonzero(rows[:, FILL]).tolist() == list(range(HERE.start + 16, HERE.stop))


def test_in_a_single_bar_that_is_all_toms_the_toms_are_a_fill() -> None:
    tables = np.zeros_like(shelve([band(0)]).tables[:1])
    tables[0, :12:3, TOMS.start] = 90
    found = fills(tables, np.array([[16, 16, 4, 0]], np.int16), np.array([-1]))
    assert np.flatnonzero(found[0]).tolist() == list(range(16))
