import pytest

from bridge.errors import DataError
from bridge.music.chord import parse
from export.data.making import KIT, fold, make
from export.data.piece import Column, Role
from export.data.ruling import Mark
from tests.export.data.makings import hymn, raw


def test_the_chords_of_a_hymn_are_heard_where_they_change() -> None:
    piece = hymn()
    assert not piece.chords_given
    assert [piece.chord_at(bar * 96) for bar in range(4)] == [parse(name) for name in ("C", "F", "G", "C")]
    assert (piece.tonic, piece.mode) == (0, "major")


def test_the_key_is_found_where_none_is_stated() -> None:
    notes = [(n * 1.0, 1.0, 62 + step, 80) for n, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12) * 3)]
    piece = make("x", "own", parts=[(Role.LEAD, raw(*notes))], marks=[], cluster="", style="", tempo=90, nominal=False)
    assert (piece.tonic, piece.mode) == (2, "major")


def test_electronic_kits_are_folded_to_general_midi() -> None:
    folded = fold(raw((0, 0.1, 22, 80), (0, 0.1, 26, 80), (0, 0.1, 40, 80), (0, 0.1, 58, 80), (0, 0.1, 36, 80)))
    assert folded[:, 2].tolist() == [42, 46, 38, 43, 36]
    assert all(pitch not in KIT for pitch in KIT.values() if pitch not in (40, 39, 37))


def test_too_few_notes_are_no_piece() -> None:
    with pytest.raises(DataError, match="only 2 notes"):
        make(
            "x", "own", parts=[(Role.LEAD, raw((0, 1, 60, 80), (1, 1, 62, 80)))], marks=[Mark(0, 4, 4)], cluster="",
            style="", tempo=90, nominal=False,
        )  # fmt: skip


def test_drums_keep_the_time_at_which_they_were_played() -> None:
    strokes = [(n * 0.5 + 0.013, 0.1, 42, 60 + n) for n in range(20)]
    piece = make(
        "x", "groove", parts=[(Role.DRUMS, raw(*strokes))], marks=[], cluster="", style="", tempo=90, nominal=False,
        dynamics=True,
    )  # fmt: skip
    played = piece.notes[:, Column.TICK] / 24 + piece.micro
    assert played.tolist() == pytest.approx([stroke[0] for stroke in strokes], abs=1e-5)
