from pathlib import Path

import numpy as np
import pytest

from bridge.errors import DataError
from export.data import report
from export.data.mixture import CAP, SHARES, chances
from export.data.table import Table, cache_file, decode, encode, finished, store
from tests.export.data.makings import groove, hymn


def table() -> Table:
    return Table([hymn(), groove()], [report.Skip("lieder", "x.mid", "it has only 3 notes for the band")])


def test_a_stored_table_is_read_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "pieces.msgpack"
    store(file, table())
    found = decode(file.read_bytes())
    for piece, again in zip(table().pieces, found.pieces, strict=True):
        assert piece.id == again.id
        assert piece.meters == again.meters
        for name in ("notes", "micro", "bars", "chords"):
            assert np.array_equal(getattr(piece, name), getattr(again, name))
            assert getattr(piece, name).dtype == getattr(again, name).dtype
    assert found.skips == table().skips
    assert list(tmp_path.rglob("*.part")) == []


def test_a_damaged_table_is_refused_in_one_line() -> None:
    for content in (b"", b"nonsense", encode(table())[:-40]):
        with pytest.raises(DataError, match="prepare them again"):
            decode(content)


def test_another_bundle_has_another_cache(tmp_path: Path) -> None:
    assert cache_file(tmp_path, "a") == cache_file(tmp_path, "a")
    assert cache_file(tmp_path, "a") != cache_file(tmp_path, "b")


def test_what_was_skipped_is_kept_beside_the_pieces() -> None:
    found = finished([hymn(), report.Skip("lieder", "x", "why"), groove()])
    assert [piece.set for piece in found.pieces] == ["openhymnal", "groove"]
    assert len(found.skips) == 1


def test_the_report_counts_notes_by_role() -> None:
    counts = report.count(table().pieces, table().skips)
    assert counts["openhymnal"].notes == [32, 24, 8, 0]
    assert counts["groove"].notes[3] == 96
    assert counts["lieder"].skipped == 1
    lines = report.table(counts).splitlines()
    assert lines[0].split()[:3] == ["set", "pieces", "lead"]
    assert lines[-1].split()[:2] == ["all", "2"]


def test_many_reasons_are_summed_up() -> None:
    skips = [report.Skip("own", f"{n}.mid", "it is damaged") for n in range(50)]
    assert report.reasons(skips) == "skipped 50 because it is damaged"
    assert report.reasons(skips[:1]) == "skipped 0.mid: it is damaged"


def test_a_set_is_drawn_by_its_share_and_a_long_piece_no_more_than_the_cap() -> None:
    pieces = [hymn(8, "1"), hymn(CAP + 40, "2"), hymn(CAP, "3"), groove()]
    found = chances(pieces)
    assert found.sum() == pytest.approx(1)
    assert found[:3].sum() / found[3] == pytest.approx(SHARES["openhymnal"] / SHARES["groove"])
    assert found[1] == pytest.approx(found[2])
    assert found[0] == pytest.approx(found[2] * 8 / CAP)
    assert sum(SHARES.values()) == pytest.approx(1)
