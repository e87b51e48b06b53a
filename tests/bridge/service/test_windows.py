from collections.abc import Sequence
from pathlib import Path

import pytest

from bridge.errors import ServiceError
from bridge.outside import Said
from bridge.service.base import State
from bridge.service.windows import VALUE, WindowsService
from tests.bridge.service.system import System

WORDS = [r"C:\Program Files\Antiphon\antiphonw.exe", "run"]
LOG = Path("antiphon.log")


class Registry:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        return self.values.get(name)

    def write(self, name: str, command: str) -> None:
        self.values[name] = command

    def delete(self, name: str) -> None:
        del self.values[name]


class Locked(Registry):
    def write(self, name: str, command: str) -> None:
        raise OSError("access denied")


def service(
    registry: Registry, started: list[Sequence[str]], process: int = 0, system: System | None = None
) -> WindowsService:
    run = (system or System()).run
    return WindowsService(Path(), LOG, registry, WORDS, run, started.append, lambda _: process)


def test_installing_enters_the_command_in_quotes_and_starts_it() -> None:
    registry, started = Registry(), list[Sequence[str]]()
    service(registry, started).install()
    assert registry.values == {VALUE: r'"C:\Program Files\Antiphon\antiphonw.exe" run'}
    assert started == [WORDS]


def test_a_daemon_that_runs_is_not_started_again() -> None:
    registry, started = Registry(), list[Sequence[str]]()
    said = service(registry, started, process=42).install()
    assert not started
    assert any("42" in line for line in said)


def test_a_registry_that_refuses_is_said() -> None:
    with pytest.raises(ServiceError, match="access denied"):
        service(Locked(), []).install()


def test_removing_takes_the_entry_away_and_ends_the_daemon() -> None:
    registry, system = Registry(), System()
    made = service(registry, [], 42, system)
    assert made.remove() == ["there was no service"]
    made.install()
    made.remove()
    assert not registry.values
    assert system.asked == ["taskkill /F /PID 42"]


def test_a_daemon_that_cannot_be_ended_is_said() -> None:
    made = service(Registry(), [], 42, System({"taskkill": Said(1, "access denied")}))
    made.install()
    assert "access denied" in made.remove()[-1]


@pytest.mark.parametrize(("process", "state"), [(0, State.WAITING), (42, State.RUNNING)])
def test_the_status_is_what_entry_and_lock_say(process: int, state: State) -> None:
    made = service(Registry(), [], process)
    assert made.status().state is State.ABSENT
    made.install()
    assert made.status().state is state
