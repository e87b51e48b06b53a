import numpy as np

from bridge.music.arranger import Hints
from bridge.music.chord import ChordAt, parse
from bridge.music.meter import Meter
from export.data.backing import accompany, cluster, hints, played
from export.data.piece import MADE, PLAYED, Column, Piece, Role
from export.data.progressions import ChordBar, Progression
from export.data.sheets import lead_sheet

ROW = {"id": "nottingham:1", "metre": "3/4", "cluster": "4", "style": "waltz", "bpm": "150", "bpm_is_nominal": "1",
       "key": "G", "mode": "major"}  # fmt: skip
TUNE = [[0.0, 1.0, 74], *[[1.0 + n, 1.0, 67 + (0, 4, 7, 5, 4, 2)[n % 6]] for n in range(24)]]
CHORDS = [[1.0, "G"], [4.0, "D7"], [7.0, "G"], [13.0, "C"], [16.0, "D7"], [19.0, "G"]]


def waltz() -> Piece:
    return lead_sheet({"melody": TUNE, "chords": CHORDS}, ROW, "nottingham")


def test_a_lead_sheet_has_its_own_chords_and_bars() -> None:
    piece = waltz()
    assert piece.chords_given
    assert piece.nominal_tempo
    assert piece.roles == {Role.LEAD}
    assert piece.bars[:3].tolist() == [-48, 24, 96]
    assert piece.chord_at(4 * 24) == parse("D7")


def test_the_abc_of_a_tune_says_where_its_bars_are() -> None:
    abc = "M:3/4\nL:1/4\nK:G\n" + "d|" + "GBd|cBA|" * 4
    assert lead_sheet({"melody": TUNE, "chords": []}, ROW, "nottingham", abc).bars[:3].tolist() == [-48, 24, 96]


def test_the_band_that_is_made_is_marked_and_stays_below_the_tune() -> None:
    piece = waltz()
    full = accompany(piece, hints(piece))
    assert full.roles == set(Role)
    lead, others = full.notes[:, Column.ROLE] == Role.LEAD, full.notes[:, Column.ROLE] != Role.LEAD
    assert (full.notes[lead, Column.SOURCE] == PLAYED).all()
    assert (full.notes[others, Column.SOURCE] == MADE).all()
    assert (full.part(Role.LEAD) == piece.part(Role.LEAD)).all()
    for start, end in zip(full.bars[1:-1], full.bars[2:], strict=True):
        tune = full.part(Role.LEAD)
        here = tune[(tune[:, Column.TICK] >= start) & (tune[:, Column.TICK] < end), Column.PITCH]
        chords = full.part(Role.CHORDS)
        there = chords[(chords[:, Column.TICK] >= start) & (chords[:, Column.TICK] < end), Column.PITCH]
        assert not len(here) or not len(there) or there.max() < here.min()


def test_the_same_piece_gets_the_same_band() -> None:
    piece = waltz()
    assert (accompany(piece, hints(piece)).notes == accompany(piece, hints(piece)).notes).all()


def test_the_bass_that_is_made_has_the_chords_roots() -> None:
    full = accompany(waltz(), Hints("hymn", 0.0))
    bass = full.part(Role.BASS)
    assert bass[0, Column.PITCH] % 12 == 7
    assert {int(row[Column.PITCH]) % 12 for row in bass if row[Column.TICK] == 4 * 24} == {2}


def test_a_song_of_chords_is_played() -> None:
    bars: list[ChordBar] = [(Meter(4, 4), (ChordAt(0.0, parse(name)),)) for name in ("C", "Am", "F", "G") * 4]
    piece = played(Progression("s:1", "billboard", "A Song", "rock", 0, "major", 120.0, False, bars))
    assert {Role.CHORDS, Role.BASS, Role.DRUMS} <= piece.roles
    assert len(piece.bars) == 17
    assert np.array_equal(piece.chords[:4, 1], [0, 9, 5, 7])
    assert (piece.notes[:, Column.SOURCE] == MADE).all()


def test_songs_of_one_title_are_on_one_side_of_the_split() -> None:
    assert cluster("In My Life") == cluster("in my life!")
