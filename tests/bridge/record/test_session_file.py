import gzip
import threading
from pathlib import Path

import msgspec
import pytest

from bridge.errors import SessionError
from bridge.record.session import ENDED, Clicked, Header, Stepped
from bridge.record.session_file import SessionFile, parts
from bridge.record.session_reading import Session

HEADER = Header(began="2026-07-03T20:15:00+02:00", tune="Hill")
STEPS = [Stepped(index * 0.02, index) for index in range(2000)]


def written(path: Path, part: int = 1 << 20, limit: int = 1 << 30) -> list[str]:
    """A log of many steps; returns what was told."""
    told: list[str] = []
    log = SessionFile(path, HEADER, told.append, limit, part)
    for step in STEPS:
        log.add(step)
    log.close()
    return told


def test_what_was_kept_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "session.jsonl"
    assert written(path) == []
    session = Session(path)
    assert session.header == HEADER
    assert list(session.entries) == STEPS
    assert session.ending == ENDED


def test_a_folder_stands_for_the_log_in_it(tmp_path: Path) -> None:
    written(tmp_path / "session.jsonl")
    assert list(Session(tmp_path).entries) == STEPS


def test_a_line_that_a_kill_cut_short_ends_the_log_there(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    written(path)
    path.write_bytes(path.read_bytes()[:-20])
    session = Session(path)
    assert list(session.entries) == STEPS
    assert session.ending == ""


def test_full_parts_are_compressed_and_read_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    log = SessionFile(path, HEADER, part=4096)
    for turn in range(4):
        for step in STEPS[turn * 500 : (turn + 1) * 500]:
            log.add(step)
        until = threading.Event()
        while len(parts(path)) <= turn and not until.wait(0.01):
            pass
    log.close()
    assert [part.name for part in parts(path)] == [f"session.{number:03}.jsonl.gz" for number in (1, 2, 3, 4)]
    assert list(Session(path).entries) == STEPS


def test_a_part_that_was_just_being_put_away_is_not_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    written(path)
    with gzip.open(tmp_path / "session.001.jsonl.gz", "wb") as part:
        part.write(path.read_bytes())
    assert list(Session(path).entries) == STEPS


def test_a_log_that_is_too_long_ends_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    told: list[str] = []
    log = SessionFile(path, HEADER, told.append, limit=1000)
    log.add(Clicked(0.0, 0, "x" * 2000))
    while not told:
        threading.Event().wait(0.01)
    log.add(Stepped(1.0, 0))
    log.close()
    assert "ends here (it is as long as it may be); the music does not" in told[0]
    assert len(told) == 1
    session = Session(path)
    assert len(list(session.entries)) == 1
    assert session.ending == "it is as long as it may be"


def test_a_new_log_takes_the_place_of_an_old_one_with_all_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    (tmp_path / "session.001.jsonl.gz").write_bytes(b"old")
    (tmp_path / "other.001.jsonl.gz").write_bytes(b"not ours")
    written(path)
    assert parts(path) == []
    assert (tmp_path / "other.001.jsonl.gz").exists()


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SessionError, match="choose another folder"):
        SessionFile(tmp_path / "file" / "session.jsonl", HEADER)


@pytest.mark.parametrize("content", [b"", b"not a log\n", b'{"log": "other"}\n', b"\xff\xfe\n"])
def test_what_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(content)
    with pytest.raises(SessionError, match="is no session log"):
        Session(path)


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="cannot be read"):
        Session(tmp_path / "session.jsonl")


def test_a_log_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    header = msgspec.structs.replace(HEADER, schema=99, versions={"antiphon": "9.9"})
    path.write_bytes(msgspec.json.encode(header) + b"\n")
    with pytest.raises(SessionError, match=r"schema 99.*9\.9"):
        Session(path)


def test_a_line_that_nobody_wrote_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(msgspec.json.encode(HEADER) + b'\n["step",1.0,0]\n["dance",2.0]\n')
    with pytest.raises(SessionError, match="line 3 cannot be understood"):
        list(Session(path).entries)
