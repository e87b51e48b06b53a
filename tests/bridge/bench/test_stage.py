import os
import socket
from pathlib import Path

import pytest

from bridge.bench.stage import Stage, free_port, home, settings
from bridge.settings import HOME


def test_the_home_of_the_bench_is_its_own_and_the_users_is_back_afterwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(HOME, "/mine")
    with home(tmp_path):
        assert os.environ[HOME] == str(tmp_path)
    assert os.environ[HOME] == "/mine"
    monkeypatch.delenv(HOME)
    with home(tmp_path):
        pass
    assert HOME not in os.environ


def test_the_daemon_of_the_bench_has_its_own_name_port_and_knobs() -> None:
    made = settings("jack", "Antiphon bench 1", Path("pack"), "cpu", {"mode": "trade"})
    assert (made.midi.system, made.midi.client) == ("jack", "Antiphon bench 1")
    assert made.engine.pack == "pack"
    assert made.osc.port not in (0, 9270)
    assert made.knobs == {"mode": "trade"}


def test_what_the_bench_does_itself_is_no_news(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    said: list[str] = []
    stage = Stage(settings("loopback", "Antiphon bench 1", None, "cpu", {}), said.append)
    with stage.mute():
        stage.tell("a knob is learnt")
    stage.tell("a cable is gone")
    assert said == ["a cable is gone"]


def test_a_free_port_can_be_had() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taker:
        taker.bind(("127.0.0.1", free_port()))
