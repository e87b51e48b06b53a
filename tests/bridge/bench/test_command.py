from pathlib import Path

import pytest

from bridge.bench.bench import Bench
from bridge.bench.command import Options, bench, chosen
from bridge.bench.report import Report
from bridge.engine import choice
from bridge.engine.catalogue import find
from bridge.engine.pack import pack_sha
from bridge.errors import PackError, SettingsError
from bridge.lock import DaemonLock
from bridge.settings import HOME, Settings, state_folder
from bridge.terminal import Terminal
from tests.bridge.bench.reports import REPORT

PACK = "lstm-melody"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of its own, and a bench that has its report already."""

    async def run(self: Bench) -> Report:
        return REPORT

    monkeypatch.setenv(HOME, str(tmp_path))
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-nobody")
    monkeypatch.setattr(Bench, "run", run)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return tmp_path


def test_table_and_files_come_from_the_same_report(home: Path) -> None:
    text = bench(Settings(), Options(json=home / "b.json", plot=home / "b.png", pack=PACK), Terminal())
    assert "lstm-melody on cpu" in text
    assert (home / "b.json").read_text().startswith("{")
    assert (home / "b.png").stat().st_size > 1000


def test_what_was_measured_is_remembered_for_the_next_jam() -> None:
    bench(Settings(), Options(pack=PACK), Terminal())
    sha = pack_sha(find(PACK))
    choice.remember(sha, "cuda", 1.0)
    assert choice.best(sha, ("cpu", "cuda")) == "cuda"
    choice.remember(sha, "cuda", 3.0)
    assert choice.best(sha, ("cpu", "cuda")) == "cpu"


def test_a_file_that_has_no_folder_is_told_before_anything_is_measured(home: Path) -> None:
    with pytest.raises(SettingsError, match="there is no folder"):
        bench(Settings(), Options(json=home / "nowhere" / "b.json"), Terminal())


def test_the_pack_of_the_settings_comes_first_and_one_by_name_alone() -> None:
    assert next(iter(chosen(Settings(), None))) == PACK
    assert list(chosen(Settings(), PACK)) == [PACK]
    with pytest.raises(PackError, match="no pack «nobody»"):
        chosen(Settings(), "nobody")


def test_a_daemon_that_runs_beside_is_told_and_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with DaemonLock(state_folder()):
        bench(Settings(), Options(pack=PACK), Terminal())
    assert "beside the bench antiphon is running already" in capsys.readouterr().err.lower()
