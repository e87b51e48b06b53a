from pathlib import Path

import pytest

from bridge.errors import PortError, SettingsError
from bridge.health.log_file import kept, opened
from bridge.settings import HOME, Log


def test_every_line_is_kept_with_its_time(tmp_path: Path) -> None:
    with opened(tmp_path / "log" / "a.log", 64, 2) as keep:
        keep("the wire ended (100 %s)")
        keep("the engine came back")
    lines = (tmp_path / "log" / "a.log").read_text("utf-8").splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == ["the wire ended (100 %s)", "the engine came back"]
    assert lines[0][:4].isdigit()


def test_a_file_that_has_grown_is_set_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    with opened(tmp_path / "a.log", 1, 2) as keep:
        for number in range(200):
            keep(f"line {number} " + "." * 80)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["a.log", "a.log.1", "a.log.2"]
    assert all(path.stat().st_size <= 1024 for path in tmp_path.iterdir())
    assert "line 199" in (tmp_path / "a.log").read_text()


def test_why_the_daemon_could_not_go_on_is_the_last_line(tmp_path: Path) -> None:
    with pytest.raises(PortError), opened(tmp_path / "a.log", 64, 1):
        raise PortError("the ports did not open")
    assert "the ports did not open" in (tmp_path / "a.log").read_text()


def test_a_fault_of_ours_is_kept_with_its_trace(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened(tmp_path / "a.log", 64, 1):
        print(1 / 0)
    text = (tmp_path / "a.log").read_text()
    assert "please report this" in text
    assert "Traceback" in text


def test_a_place_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot write the log"), opened(tmp_path / "file" / "a.log", 64, 1):
        pass


def test_no_log_is_kept_unless_it_is_asked_for(tmp_path: Path) -> None:
    with kept(Log()) as keep:
        assert keep is None
    with kept(Log(file=str(tmp_path / "a.log")), "") as keep:
        assert keep is None
    assert not list(tmp_path.iterdir())


def test_auto_is_the_platforms_place_and_a_file_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    for name in ("auto", str(tmp_path / "mine.log")):
        with kept(Log(), name) as keep:
            assert keep is not None
            keep("words")
    assert "words" in (tmp_path / "log" / "antiphon.log").read_text()
    assert "Antiphon ends" in (tmp_path / "mine.log").read_text()
