import subprocess
import sys

import pytest

from bridge.errors import PortError
from bridge.midi import system
from bridge.midi.channels import Route
from bridge.midi.system import choose, scan


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the systems that this test is about: no JACK server, and no other system known."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-nobody")
    monkeypatch.setattr(system, "_NATIVE", {})


def test_without_any_midi_system_the_loopback_plays_and_says_so() -> None:
    choice = choose()
    assert choice.ports.system == "loopback"
    assert choice.why.startswith("no system MIDI here: using the built-in loopback")
    assert "jack: " in choice.why
    assert scan() == []


def test_the_loopback_can_be_asked_for_with_a_clock_of_ones_own() -> None:
    assert choose("loopback", now=lambda: 7.0).ports.now() == 7.0
    assert scan("loopback") == []


def test_a_system_asked_for_by_name_that_is_not_there_is_an_error_with_its_cure() -> None:
    with pytest.raises(PortError, match="choose another MIDI system"):
        choose("jack")
    with pytest.raises(PortError):
        scan("jack")


def test_a_system_that_no_one_knows_is_refused_with_those_that_are() -> None:
    for ask in (choose, scan):
        with pytest.raises(PortError, match="choose one of auto, jack, alsa"):
            ask("midi please")


def test_voices_can_be_put_on_channels_of_one_port() -> None:
    ports = choose("loopback", routes={"bass": Route("band", 1)}).ports
    ports.open(("in",), ("bass", "guest"), lambda _: None)
    assert set(ports.connections()) == {"band"}


def test_loading_the_ports_loads_no_numpy_and_no_midi_library() -> None:
    script = "import sys, bridge.midi.system; print(sorted({'numpy', 'rtmidi', 'jack'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
