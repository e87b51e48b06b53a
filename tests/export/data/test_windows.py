import itertools

import pytest

from bridge.engine.window import STEPS
from bridge.music.note import Voice
from export.data.windows import excerpts
from tests.export.ensemble.bands import band


def test_windows_follow_one_another_and_hold_the_notes_of_their_bars() -> None:
    piece = band()
    found = list(excerpts(piece))
    assert found
    for one, two in itertools.pairwise(found):
        assert two.first >= one.first + one.bars
    for each in found:
        assert each.window.steps <= STEPS
        for notes in each.notes.values():
            for note in notes:
                assert -0.2 <= note.beat < each.window.beats
        assert 0.0 <= each.place <= 1.0


def test_a_window_has_as_many_cells_as_notes_begin_on_its_steps() -> None:
    for each in excerpts(band()):
        assert len(each.cells(Voice.BASS)) == pytest.approx(len(each.notes[Voice.BASS]), abs=1)


def test_the_chord_of_a_step_is_the_pieces() -> None:
    each = next(excerpts(band()))
    assert each.chord_at(0) == band().chord_at(int(band().bars[each.first]))
