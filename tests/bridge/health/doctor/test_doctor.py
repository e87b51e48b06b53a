import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.cli import app
from bridge.health.doctor.doctor import CHECKS, examine
from bridge.health.doctor.report import Finding, Level
from bridge.settings import HOME


def test_every_check_has_a_name_of_its_own() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)


def test_a_whole_examination_finds_something_about_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-no-such-server")
    findings = examine()
    assert {finding.check for finding in findings} == {check.name for check in CHECKS}
    for finding in findings:
        assert finding.says
        assert (finding.level is Level.OK) == (not finding.fix), finding
        assert "could not be looked at" not in finding.says, finding


def test_broken_settings_fail_and_nothing_else_is_spared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-no-such-server")
    (tmp_path / "bad.toml").write_text("[midi\n")
    findings = examine(tmp_path / "bad.toml")
    assert next(finding for finding in findings if finding.check == "settings").level is Level.FAIL
    assert {finding.check for finding in findings} == {check.name for check in CHECKS}


@pytest.mark.parametrize(("level", "code"), [(Level.OK, 0), (Level.WARN, 0), (Level.FAIL, 1)])
def test_the_command_ends_with_1_only_where_something_fails(
    level: Level, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.health.doctor.doctor.examine", lambda _: [Finding("midi", level, "seen", "do this")])
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == code
    assert "-> do this" in result.output
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).output)
    assert told["well"] is (code == 0)
