import msgspec
import numpy as np
import pytest

from bridge.engine.gan_rows import Hits
from export.data.piece import MADE, Column
from export.data.windows import excerpts
from export.gan.deck import FILLS, deck
from export.gan.grooves import BAR, alone, drums, genre_of, laid_under
from tests.export.ensemble.bands import band
from tests.export.gan.grooves import beat, fill, label, windows


def test_a_drum_ahead_of_the_bar_line_belongs_to_its_bar() -> None:
    second = list(excerpts(beat(), 1))[1]
    first = [cell for cell in drums(second) if cell.step == 0 and cell.pitch == 36]
    assert len(first) == 1
    assert first[0].offset == pytest.approx(-0.03, abs=0.005)


def test_a_fill_is_put_behind_a_beat_or_before_it() -> None:
    found = [groove for groove in alone([beat(), fill()], label) if groove.fills]
    assert {tuple(groove.fills) for groove in found} == {(0,), (1,)}
    for groove in found:
        bar = next(iter(groove.fills))
        inside = groove.kit.onset[:, bar * BAR : (bar + 1) * BAR]
        assert inside[[1, 4, 5, 6]].sum() == 16
        assert groove.kit.onset[2].sum() == 8


def test_beats_are_not_called_fills() -> None:
    assert not any(groove.fills for groove in alone([beat()], label))


def test_drums_laid_under_a_piece_come_with_the_rhythm_of_its_voices() -> None:
    piece = band()
    notes = piece.notes.copy()
    notes[notes[:, Column.ROLE] == 3, Column.SOURCE] = MADE
    found = laid_under([msgspec.structs.replace(piece, notes=notes)])
    assert found
    for groove in found:
        assert groove.beside is not None
        assert groove.beside.onset.shape == (3, 32)
        assert groove.beside.onset.any()
    assert not laid_under([piece, beat()])


def test_genres_with_few_performances_are_counted_with_others() -> None:
    assert genre_of("gospel") == genre_of("soul") != genre_of("rock") != 0
    assert genre_of("chorale") == 0


def test_a_deck_has_its_share_of_fills_and_of_pieces() -> None:
    grooves = alone([beat(0), beat(1, 40), fill()], label)
    found = deck(grooves, [])
    assert found.weight.sum() == pytest.approx(1.0)
    assert found.weight[found.fills.any(1)].sum() == pytest.approx(FILLS)
    long = sum(w for w, source in zip(found.weight, found.source, strict=True) if source.endswith("/1"))
    short = sum(w for w, source in zip(found.weight, found.source, strict=True) if source.endswith("/0"))
    assert 1.5 < long / short < 4.0
    half = deck(grooves, [msgspec.structs.replace(g, beside=_side()) for g in grooves[:2]], share=0.5)
    assert half.weight[half.side >= 0].sum() == pytest.approx(0.5)


def test_windows_are_arrays_of_one_length() -> None:
    found = windows()
    assert found.kit.onset.shape == (len(found.source), 9, 32)
    assert len(found.genre) == len(found.steps) == len(found.weight)


def _side() -> Hits:
    return Hits(*(np.ones((3, 32), np.float32) for _ in range(3)))
