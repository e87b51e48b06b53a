from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("symusic")

from bridge.errors import DataError
from export.cli import app
from export.data.folder import files, piece, read
from export.data.piece import Piece, Role
from export.data.prepare import pieces_of, prepare_folder
from export.data.report import Skip
from tests.export.data.makings import midi_file

pytestmark = pytest.mark.train

LEAD = [(n * 1.0, 0.9, 67 + (0, 2, 4, 5)[n % 4], 70 + n % 20) for n in range(32)]
BASS = [(n * 4.0, 3.5, 36 + (0, 5, 7, 0)[n % 4], 80) for n in range(8)]
KIT = [(n * 1.0, 0.1, 36 if n % 2 == 0 else 38, 90) for n in range(32)]
SONG = midi_file([("tune", 0, 0, LEAD), ("bass", 33, 1, BASS), ("kit", 0, 9, KIT)])


def fill(folder: Path) -> Path:
    (folder / "rock").mkdir()
    (folder / "rock" / "good.mid").write_bytes(SONG)
    (folder / "copy.mid").write_bytes(SONG)
    (folder / "broken.mid").write_bytes(SONG[:60])
    (folder / "empty.MID").write_bytes(b"")
    (folder / "short.mid").write_bytes(midi_file([("tune", 0, 0, LEAD[:3])]))
    (folder / "notes.txt").write_text("no music")
    return folder


def test_a_file_becomes_a_piece_with_the_style_of_its_folder() -> None:
    found = piece("blues/mine.mid", SONG)
    assert found.roles == {Role.LEAD, Role.BASS, Role.DRUMS}
    assert (found.style, found.set) == ("blues", "own")
    assert found.tempo == pytest.approx(90)
    assert found.dynamics
    assert found.meters == [(0, 4, 4)]
    assert found.cluster == piece("other.mid", SONG).cluster


def test_bad_files_are_skipped_with_a_reason_and_stop_nothing(tmp_path: Path) -> None:
    found = list(read(files(fill(tmp_path)), tmp_path))
    pieces = [item for item in found if isinstance(item, Piece)]
    skips = {item.name: item.why for item in found if isinstance(item, Skip)}
    assert len(pieces) == 1
    assert set(skips) >= {"broken.mid", "empty.MID", "short.mid"}
    assert "only 3 notes" in skips["short.mid"]
    assert "copy" in str(skips)


def test_a_folder_is_prepared_to_a_file_that_can_be_read(tmp_path: Path) -> None:
    out = tmp_path / "out.msgpack"
    told = CliRunner().invoke(app, ["prepare", str(fill(tmp_path)), "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert "skipped short.mid" in told.output
    assert [found.set for found in pieces_of(out)] == ["own"]


def test_a_folder_without_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no MIDI files"):
        prepare_folder(tmp_path, None)
    with pytest.raises(DataError, match="no folder"):
        prepare_folder(tmp_path / "nowhere", None)
    (tmp_path / "x.mid").write_bytes(b"MThd")
    with pytest.raises(DataError, match="none of the 1 files"):
        prepare_folder(tmp_path, None)
    with pytest.raises(DataError, match="cannot be read"):
        list(pieces_of(tmp_path / "gone"))
