from pathlib import Path

import pytest

from bridge.outside import MISSING, Said
from bridge.service.base import State
from bridge.service.systemd import UNIT, SystemdService, unit
from bridge.settings import HOME
from tests.bridge.service.system import System


@pytest.fixture(autouse=True)
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME, raising=False)


WORDS = ["/opt/my music/antiphon", "run", "--log-file", "auto"]
LOG = Path("/home/me/antiphon.log")


def service(tmp_path: Path, system: System, packaged: Path | None = None) -> SystemdService:
    return SystemdService(LOG, tmp_path / "user", packaged or tmp_path / "none", WORDS, system.run)


def test_the_unit_starts_the_command_ends_the_desk_first_and_comes_back_after_a_fault() -> None:
    text = unit(WORDS, ["ANTIPHON_HOME=/x"])
    for line in (
        'ExecStart="/opt/my music/antiphon" run --log-file auto',
        "KillMode=mixed",
        "Restart=on-failure",
        'Environment="ANTIPHON_HOME=/x"',
        "WantedBy=default.target",
    ):
        assert line in text.splitlines()


def test_signs_in_a_path_are_not_taken_for_systemds_own() -> None:
    assert "ExecStart=/100%%/$$/antiphon" in unit(["/100%/$/antiphon"])


def test_a_home_of_ones_own_is_written_into_a_unit_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / UNIT
    packaged.write_text(unit(WORDS))
    monkeypatch.setenv(HOME, "/mine")
    service(tmp_path, System(), packaged).install()
    assert 'Environment="ANTIPHON_HOME=/mine"' in (tmp_path / "user" / UNIT).read_text()


def test_installing_writes_the_unit_has_it_started_and_says_where_the_log_is(tmp_path: Path) -> None:
    system = System()
    said = service(tmp_path, system).install()
    assert (tmp_path / "user" / UNIT).read_text() == unit(WORDS)
    assert [line.split("--user ")[1] for line in system.asked] == [
        "daemon-reload",
        f"enable {UNIT}",
        f"restart {UNIT}",
    ]
    assert any(str(LOG) in line for line in said)


def test_installing_twice_is_installing_once(tmp_path: Path) -> None:
    service(tmp_path, System()).install()
    before = (tmp_path / "user" / UNIT).stat().st_mtime_ns
    assert "there already" in service(tmp_path, System()).install()[0]
    assert (tmp_path / "user" / UNIT).stat().st_mtime_ns == before


def test_the_unit_of_a_package_is_used_and_not_written_again(tmp_path: Path) -> None:
    packaged = tmp_path / "lib" / UNIT
    packaged.parent.mkdir()
    packaged.write_text(unit(WORDS))
    said = service(tmp_path, System(), packaged).install()
    assert "came with the package" in said[0]
    assert not (tmp_path / "user").exists()


def test_the_unit_of_another_antiphon_is_not_taken_for_ours(tmp_path: Path) -> None:
    packaged = tmp_path / UNIT
    packaged.write_text(unit(["/usr/bin/antiphon", "run"]))
    service(tmp_path, System(), packaged).install()
    assert (tmp_path / "user" / UNIT).exists()


def test_without_systemd_it_is_set_to_start_with_the_next_session_and_says_so(tmp_path: Path) -> None:
    system = System({"systemctl": Said(MISSING, "no such file")})
    made = service(tmp_path, system)
    said = made.install()
    assert any("the next time you log in" in line for line in said)
    link = tmp_path / "user" / "default.target.wants" / UNIT
    assert link.resolve() == tmp_path / "user" / UNIT
    standing = made.status()
    assert standing.state is State.WAITING
    assert "there is no systemd here" in standing.lines[0]
    made.remove()
    assert not (tmp_path / "user").exists()


def test_removing_leaves_nothing_and_others_units_alone(tmp_path: Path) -> None:
    made = service(tmp_path, System())
    made.install()
    (tmp_path / "user" / "other.service").touch()
    made.remove()
    assert [path.name for path in (tmp_path / "user").iterdir()] == ["other.service"]


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert service(tmp_path, System()).remove() == ["there was no service"]


@pytest.mark.parametrize(("active", "state"), [(0, State.RUNNING), (3, State.WAITING)])
def test_the_status_is_what_systemd_says(tmp_path: Path, active: int, state: State) -> None:
    made = service(tmp_path, System({"is-active": Said(active, "inactive")}))
    assert made.status().state is State.ABSENT
    made.install()
    assert made.status().state is state
