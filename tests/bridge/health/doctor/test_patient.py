from pathlib import Path

import pytest

from bridge.health.doctor.patient import Patient
from bridge.lock import DaemonLock
from bridge.settings import HOME


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path))
    return tmp_path


def test_settings_that_cannot_be_read_are_a_complaint_and_the_defaults_are_looked_at(home: Path) -> None:
    file = home / "bad.toml"
    file.write_text("[osc]\nport = 99999\n")
    patient = Patient.here(file)
    assert "99999" in patient.complaint or "65535" in patient.complaint
    assert patient.settings.osc.port == Patient().settings.osc.port


def test_the_running_daemon_is_known(home: Path) -> None:
    assert Patient.here(None).daemon == 0
    with DaemonLock(home / "state"):
        assert Patient.here(None).daemon > 0


def test_a_home_that_cannot_be_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(HOME, str(tmp_path / "file"))
    assert Patient.here(None).state is None


def test_a_ready_made_antiphon_is_not_told_to_install_into_itself() -> None:
    assert Patient().install("link") == "pip install 'antiphon[link]'"
    assert "in a Python of yours" in Patient(frozen=True).install("link")
