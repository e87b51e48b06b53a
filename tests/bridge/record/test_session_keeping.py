import json
import os
from pathlib import Path

import pytest

from bridge.errors import SessionError
from bridge.jam.knobs import Knobs
from bridge.music.tunes import TUNES
from bridge.record.session_band import SessionBand
from bridge.record.session_keeping import CONTROLS, LOG, MIDI, NAMED, Keeper, discard, place
from bridge.record.session_reading import Session
from bridge.settings import Record, Settings


def keeper(path: Path) -> Keeper:
    return Keeper(path, Settings(), TUNES[0], 2, lambda _: None)


def test_a_run_is_kept_with_all_that_it_began_with(tmp_path: Path) -> None:
    kept = keeper(tmp_path / LOG)
    kept.open()
    band = SessionBand(lambda _: None, lambda _: None, lambda: 1.0, lambda _: None, keep=kept.add)
    band.turn_knobs(Knobs(seed=7))
    kept.close()
    session = Session(tmp_path)
    assert len(list(session.entries)) == 1
    header = session.header
    assert (header.tune, header.bars) == (TUNES[0].name, 2)
    assert header.settings["engine"]["pack"] == Settings().engine.pack
    assert {"antiphon", "python", "onnxruntime"} <= set(header.versions)
    assert json.loads((tmp_path / CONTROLS).read_text())["seed"] == 7


def test_nothing_is_written_before_it_is_opened(tmp_path: Path) -> None:
    kept = keeper(tmp_path / "new" / LOG)
    kept.close()
    assert list(tmp_path.iterdir()) == []


def test_where_no_log_can_be_kept_the_run_does_not_begin(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder")
    with pytest.raises(SessionError):
        keeper(tmp_path / "taken" / LOG).open()


def test_each_run_has_a_folder_of_its_own_named_by_its_beginning(tmp_path: Path) -> None:
    path = place(tmp_path, 1)
    assert NAMED.fullmatch(path.parent.name)
    assert path.name == LOG


def run(folder: Path, day: int, size: int) -> Path:
    """What a run of some day has left."""
    left = folder / f"2026-07-{day:02}T20-15-00"
    left.mkdir()
    for name in (LOG, "session.001.jsonl.gz", MIDI, CONTROLS):
        (left / name).write_bytes(bytes(size // 4))
    return left


def test_the_oldest_runs_make_room_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    old, middle, new = (run(tmp_path, day, 400 << 10) for day in (1, 2, 3))
    (middle / "notes of mine.txt").write_text("keep")
    (tmp_path / "mine").mkdir()
    os.utime(old, (2e9, 2e9))
    place(tmp_path, 1)
    assert {path.name for path in tmp_path.iterdir()} == {"mine", middle.name, new.name}
    assert len(list(middle.iterdir())) == 5
    run(tmp_path, 4, 400 << 10)
    place(tmp_path, 1)
    assert [path.name for path in middle.iterdir()] == ["notes of mine.txt"]


def test_a_run_in_which_nothing_was_played_leaves_nothing(tmp_path: Path) -> None:
    left = run(tmp_path, 1, 400)
    discard(left)
    assert list(left.iterdir()) == []


def test_the_settings_say_how_much_is_kept() -> None:
    assert Settings(record=Record(megabytes=3)).record.megabytes == 3
    assert not Settings().record.session
