from pathlib import Path

import pytest

from bridge.app import Desk
from bridge.engine.protocol import Loaded
from bridge.music.note import BAND
from bridge.settings import Settings

SHIPPED = Path(__file__).parents[2] / "models" / "lstm-melody"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Desk:
    """A desk whose crew has not started."""
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    return Desk(Settings(), told.append)


def test_who_asked_for_a_provider_and_got_another_is_told_what_to_do(desk: Desk, told: list[str]) -> None:
    desk.switchboard.heard("engine", Loaded("melody", "lstm", BAND, "cuda", "cpu", 1.0, 1.0))
    assert desk.provider == "cpu"
    assert desk.engine_ready.is_set()
    assert any("asked for cuda, but the model runs on cpu" in line for line in told)


def test_nothing_is_said_where_the_choice_was_left_to_the_machine(desk: Desk, told: list[str]) -> None:
    desk.switchboard.heard("engine", Loaded("melody", "lstm", BAND, "auto", "cpu", 1.0, 1.0, folder=str(SHIPPED)))
    assert told == []


def test_an_engine_that_ends_while_all_are_leaving_is_not_replaced(desk: Desk, told: list[str]) -> None:
    desk.crew.stopping = True
    desk.switchboard.engine_ended(0)
    desk.switchboard.sound_ended(1)
    assert told == []
