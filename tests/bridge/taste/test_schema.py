import sqlite3
from pathlib import Path

import pytest

from bridge.errors import TasteError
from bridge.taste.schema import OURS, STEPS, VERSION, prepare


def test_an_empty_file_becomes_one_of_ours_and_stays_so() -> None:
    file = sqlite3.connect(":memory:", isolation_level=None)
    for _ in range(2):
        prepare(file, "here")
        assert file.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert file.execute("PRAGMA application_id").fetchone()[0] == OURS
    file.close()


def test_a_file_of_the_first_version_keeps_what_was_liked() -> None:
    file = sqlite3.connect(":memory:", isolation_level=None)
    for statement in STEPS[0].split(";"):
        file.execute(statement)
    file.execute(f"PRAGMA application_id = {OURS}")
    file.execute("PRAGMA user_version = 1")
    file.execute("INSERT INTO profiles VALUES (1, 'u', 'me', 0.0)")
    file.execute("INSERT INTO items VALUES ('phrase:a', 'phrase', 'a', '{}')")
    file.execute("INSERT INTO opinions VALUES (1, 'phrase:a', 1.0, 'said', 0.0)")
    prepare(file, "here")
    assert file.execute("SELECT item, value FROM opinions").fetchall() == [("phrase:a", 1.0)]
    file.execute("INSERT INTO latents (item, pack, sha, vector) VALUES ('phrase:a', 'vae', 'a1', '[1.0]')")
    file.close()


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = sqlite3.connect(tmp_path / "x", isolation_level=None)
    file.execute("CREATE TABLE mail (text)")
    with pytest.raises(TasteError, match="no file of ours"):
        prepare(file, "here")
    assert [row[0] for row in file.execute("SELECT name FROM sqlite_master")] == ["mail"]
    file.close()


def test_a_file_of_a_newer_antiphon_is_left_alone() -> None:
    file = sqlite3.connect(":memory:", isolation_level=None)
    prepare(file, "here")
    file.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(TasteError, match="newer"):
        prepare(file, "here")
    file.close()
