import sys

import pytest

from bridge.errors import PortError
from bridge.midi.device import RtMidiLibrary


def test_a_system_that_this_build_lacks_is_refused_by_name() -> None:
    with pytest.raises(PortError, match="choose another"):
        RtMidiLibrary("windows" if sys.platform != "win32" else "alsa")


def test_jack_without_a_server_is_a_port_error_and_keeps_the_terminal_clean(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-nobody")
    with pytest.raises(PortError, match="jack"):
        RtMidiLibrary("jack")
    assert capfd.readouterr().err == ""
