"""`antiphon daw`: what is there, what is wired, and what to click if not."""

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from bridge.cli import app
from bridge.daw import command
from bridge.daw.ableton import AbletonLane
from bridge.daw.known import DAWS
from bridge.midi.ports import PortInfo
from tests.bridge.daw.live_set import LiveSet
from tests.bridge.daw.program import Program
from tests.bridge.daw.test_side import free_ports


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody on any port but who is put there; one of our ports is wired, one is not."""
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setattr(command, "PROBE", 0.05)
    ports = free_ports(2 * len(DAWS))
    for known in DAWS.values():
        monkeypatch.setattr(known.lane, "ports", (ports.pop(), ports.pop()))
    wired = [PortInfo("Antiphon:lead", "out", True, ("live:in",)), PortInfo("Antiphon:bass", "out", True)]
    monkeypatch.setattr(command, "scan", lambda _: [*wired, PortInfo("system:in", "in")])


@pytest.fixture
def live() -> Iterator[None]:
    """Live, in a loop of its own."""
    loop = asyncio.new_event_loop()
    program = Program(LiveSet())
    program.port, program.reply_to = AbletonLane.ports
    loop.run_until_complete(program.open())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    program.close()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_where_nothing_answers_it_says_what_to_click_and_fails() -> None:
    result = CliRunner().invoke(app, ["daw"])
    assert result.exit_code == 1
    for known in DAWS.values():
        assert known.click in result.output
    assert "Antiphon:lead  <-> live:in" in result.output
    assert "Antiphon:bass  not connected" in result.output


@pytest.mark.usefixtures("live")
def test_a_program_that_answers_is_shown_with_its_tracks_and_what_it_can() -> None:
    result = CliRunner().invoke(app, ["daw"])
    assert result.exit_code == 0
    assert "found   Ableton Live" in result.output
    assert "tracks: Drums, Antiphon lead, Vocals" in result.output


@pytest.mark.usefixtures("live")
def test_programs_read_the_same_as_json() -> None:
    report = json.loads(CliRunner().invoke(app, ["daw", "--json"]).output)
    found = {program["name"]: program["found"] for program in report["programs"]}
    assert found == {"ableton": True, "ardour": False, "bitwig": False, "reaper": False}
    assert report["wiring"][0] == {"port": "Antiphon:lead", "connected": ["live:in"]}


def test_files_for_reaper_are_written_where_they_are_wanted(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("reaper")
    result = CliRunner().invoke(app, ["daw", "--files", str(folder)])
    assert result.exit_code == 0
    assert (folder / "Scripts" / "antiphon_phrases.lua").exists()


def test_every_program_has_a_recipe() -> None:
    from pathlib import Path

    root = Path(__file__).parents[3]
    for known in DAWS.values():
        assert (root / known.page).exists(), known.page
