import pytest

from bridge.bench.machine import machine
from bridge.errors import PortError, SettingsError


@pytest.fixture(autouse=True)
def no_jack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "antiphon-nobody")


def test_without_jack_the_loopback_is_measured() -> None:
    here = machine("auto", "bench")
    assert (here.midi, here.rate, here.period) == ("loopback", 0, 0)
    assert here.cores >= 1
    assert here.cpu
    assert here.onnxruntime


def test_jack_asked_for_and_not_there_is_an_error() -> None:
    with pytest.raises(PortError):
        machine("jack", "bench")


def test_a_system_that_nobody_can_stamp_from_outside_is_refused() -> None:
    with pytest.raises(SettingsError, match="on JACK or on the loopback, not on alsa"):
        machine("alsa", "bench")
