from pathlib import Path

import pytest

pytest.importorskip("symusic")

from bridge.errors import DataError
from bridge.music.chord import parse
from export.data.bundle import Bundle
from export.data.piece import MADE, Column, Piece, Role, load_pieces
from export.data.prepare import prepare_bundle
from export.data.report import Skip
from export.data.sets import READERS
from tests.export.data.tiny_bundle import write

pytestmark = pytest.mark.train


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(write(tmp_path / "data"))


def pieces(bundle: Bundle, name: str) -> list[Piece]:
    return [item for item in READERS[name](bundle) if isinstance(item, Piece)]


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_set_gives_its_pieces(bundle: Bundle, name: str) -> None:
    found = pieces(bundle, name)
    assert len(found) == 1
    assert found[0].set == name
    assert found[0].bars[0] <= found[0].notes[0, Column.TICK]
    assert found[0].bars[-1] > found[0].notes[-1, Column.TICK]


def test_a_broken_file_is_skipped_and_said(bundle: Bundle) -> None:
    skips = [item for item in READERS["lieder"](bundle) if isinstance(item, Skip)]
    assert [(skip.set, skip.name) for skip in skips] == [("lieder", "lieder:broken")]
    assert "MIDI" in skips[0].why or "notes" in skips[0].why
    assert [skip.name for skip in READERS["nottingham"](bundle) if isinstance(skip, Skip)] == ["unknown"]


def test_styles_have_names_that_musicians_use(bundle: Bundle) -> None:
    styles = {name: pieces(bundle, name)[0].style for name in ("lieder", "freedoom", "openhymnal", "groove")}
    assert styles == {"lieder": "art song", "freedoom": "game rock", "openhymnal": "chorale", "groove": "rock"}


def test_lead_sheets_and_chord_sets_have_a_band_by_rule(bundle: Bundle) -> None:
    for name in ("nottingham", "ewld_pd", "billboard", "rock200", "wjd", "moods"):
        piece = pieces(bundle, name)[0]
        assert piece.roles >= {Role.CHORDS, Role.BASS}, name
        assert piece.chords_given
        assert (piece.part(Role.BASS)[:, Column.SOURCE] == MADE).all()


def test_the_chords_of_a_song_are_read(bundle: Bundle) -> None:
    song = pieces(bundle, "billboard")[0]
    assert [song.chord_at(bar * 96) for bar in range(3)] == [parse(name) for name in ("C", "Am", "F")]
    assert song.chord_at(3 * 96 + 48) is None
    rock = pieces(bundle, "rock200")[0]
    assert [rock.chord_at(tick) for tick in (0, 96, 168, 192, 288)] == [
        parse(name) for name in ("D", "G", "A", "A", "C")
    ]
    jazz = pieces(bundle, "wjd")[0]
    assert jazz.meters[0] == (0, 2, 4)
    assert jazz.chord_at(48) == parse("Dm7")


def test_all_sets_are_loaded_once_and_then_from_the_cache(bundle: Bundle, tmp_path: Path) -> None:
    told = prepare_bundle(bundle, tmp_path / "cache")
    assert "skipped lieder:broken" in told
    cached = list((tmp_path / "cache").iterdir())
    assert len(cached) == 1
    found = load_pieces(bundle.folder, tmp_path / "cache")
    assert {piece.set for piece in found} == set(READERS)
    assert list((tmp_path / "cache").iterdir()) == cached


def test_a_set_without_pieces_is_an_error(bundle: Bundle, tmp_path: Path) -> None:
    (bundle.folder / "chords" / "mood_progressions_train.json").write_text("[]")
    with pytest.raises(DataError, match="moods"):
        load_pieces(bundle.folder, tmp_path / "cache")
