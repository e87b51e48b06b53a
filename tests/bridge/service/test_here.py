from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.cli import app
from bridge.errors import ServiceError
from bridge.service.base import Action, Standing, State
from bridge.service.here import carry_out, here
from bridge.service.launchd import LaunchdService
from bridge.service.systemd import SystemdService
from bridge.service.windows import WindowsService
from bridge.settings import HOME


class Told:
    def install(self) -> list[str]:
        return ["installed"]

    def remove(self) -> list[str]:
        return ["removed"]

    def status(self) -> Standing:
        return Standing(State.RUNNING, ("unit: there",))


@pytest.mark.parametrize(
    ("platform", "kind"), [("linux", SystemdService), ("darwin", LaunchdService), ("win32", WindowsService)]
)
def test_each_system_has_its_own_way(
    platform: str, kind: type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    assert isinstance(here(platform), kind)


def test_what_is_asked_is_done_and_told() -> None:
    assert carry_out(Told(), Action.INSTALL) == ["installed"]
    assert carry_out(Told(), Action.REMOVE) == ["removed"]
    assert carry_out(Told(), Action.STATUS) == ["installed and running", "unit: there"]


def test_the_command_tells_what_was_done_and_refuses_what_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.service.here.here", Told)
    assert CliRunner().invoke(app, ["service", "status"]).output == "installed and running\nunit: there\n"
    assert CliRunner().invoke(app, ["service", "explode"]).exit_code == 2


def test_what_the_system_refuses_is_one_line_and_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise ServiceError("launchd would not take it")

    monkeypatch.setattr("bridge.service.here.here", refused)
    result = CliRunner().invoke(app, ["service", "install"])
    assert (result.exit_code, result.output) == (1, "antiphon: launchd would not take it\n")
