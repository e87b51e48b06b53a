import plistlib
from pathlib import Path

import pytest

from bridge.errors import ServiceError
from bridge.outside import Said
from bridge.service.base import LABEL, State
from bridge.service.launchd import LaunchdService, agent
from tests.bridge.service.system import System

WORDS = ["/Applications/Antiphon.app/Contents/MacOS/antiphon", "run"]
LOG = Path("/Users/me/Library/Logs/antiphon/antiphon.log")


def service(tmp_path: Path, system: System) -> LaunchdService:
    return LaunchdService(LOG, tmp_path, 501, WORDS, system.run)


def test_the_agent_is_not_throttled_and_comes_back_only_after_a_fault() -> None:
    made = agent(WORDS)
    assert made["ProcessType"] == "Interactive"
    assert made["KeepAlive"] == {"SuccessfulExit": False}
    assert made["LimitLoadToSessionType"] == "Aqua"
    assert made["ProgramArguments"] == WORDS


def test_installing_writes_the_agent_and_loads_it_into_the_users_own_session(tmp_path: Path) -> None:
    system = System()
    service(tmp_path, system).install()
    assert plistlib.loads((tmp_path / f"{LABEL}.plist").read_bytes()) == agent(WORDS)
    assert system.asked[-1] == f"launchctl bootstrap gui/501 {tmp_path / f'{LABEL}.plist'}"


def test_installing_twice_loads_it_anew(tmp_path: Path) -> None:
    service(tmp_path, System()).install()
    system = System()
    assert "was there already" in service(tmp_path, system).install()[0]
    assert [line.split()[1] for line in system.asked] == ["bootout", "bootstrap"]


def test_what_launchd_refuses_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="Input/output error"):
        service(tmp_path, System({"bootstrap": Said(5, "Input/output error")})).install()


def test_removing_unloads_it_and_leaves_no_file(tmp_path: Path) -> None:
    system = System()
    made = service(tmp_path, system)
    assert made.remove() == ["there was no service"]
    made.install()
    made.remove()
    assert not list(tmp_path.iterdir())
    assert system.asked[-1] == f"launchctl bootout gui/501/{LABEL}"


@pytest.mark.parametrize(("said", "state"), [("state = running", State.RUNNING), ("state = waiting", State.WAITING)])
def test_the_status_is_what_launchd_says(tmp_path: Path, said: str, state: State) -> None:
    made = service(tmp_path, System({"print": Said(0, said)}))
    assert made.status().state is State.ABSENT
    made.install()
    assert made.status().state is state
