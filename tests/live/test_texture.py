"""The texture of a running daemon, recorded from its JACK ports by a client from outside."""

import time
from collections.abc import Iterator
from pathlib import Path

import jack
import numpy as np
import pytest

from bridge.sound.feed import FADE
from tests.live.conftest import JackServer
from tests.live.daemon import Daemon
from tests.live.osc import Osc
from tests.live.resident import resident

pytestmark = [pytest.mark.live, pytest.mark.parametrize("jack_server", [256], indirect=True)]

C_MAJOR = (0, 4, 7)


class Recorder:
    """Two audio ins that keep every block with the frame of its beginning."""

    def __init__(self) -> None:
        self.client = jack.Client("recorder", no_start_server=True)
        self.rate = self.client.samplerate
        self.blocks: list[tuple[int, np.ndarray]] = []
        self.ins = [self.client.inports.register(name) for name in ("left", "right")]
        self.client.set_process_callback(self._process)
        self.client.activate()

    def _process(self, _: int) -> None:
        block = np.stack([port.get_array().copy() for port in self.ins], 1)
        self.blocks.append((self.client.last_frame_time, block))

    def connect(self) -> None:
        """Wire ourselves to the texture, as soon as it is there."""
        until = time.monotonic() + 15
        for side, port in zip(("left", "right"), self.ins, strict=True):
            while not any(other.name.endswith(f":{side}") for other in self.client.get_all_connections(port)):
                assert time.monotonic() < until, "the texture's ports never came"
                for source in self.client.get_ports(f"Antiphon texture.*:{side}", is_output=True):
                    self.client.connect(source, port)
                time.sleep(0.05)

    def since(self, frame: int) -> np.ndarray:
        """What was heard from a frame on."""
        found = [block for start, block in list(self.blocks) if start >= frame]
        return np.concatenate(found) if found else np.zeros((0, 2), np.float32)

    @property
    def now(self) -> int:
        """Frames now."""
        return int(self.client.frame_time)


@pytest.fixture
def recorder(jack_server: JackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    found = Recorder()
    yield found
    found.client.deactivate()
    found.client.close()


@pytest.fixture
def stage(jack_server: JackServer, tmp_path: Path) -> Iterator[tuple[Daemon, Osc]]:
    """A resident daemon with a texture over C major, and OSC to it."""
    settings = '[texture]\npack = "spectral-texture"\noutput = "jack"\n[knobs]\nchords = "C"\ncount_in = 0\n'
    with resident(tmp_path / "home", jack_server.env, settings) as (running, osc):
        running.wait_for("texture: spectral-texture on jack")
        yield running, osc


def loud(wave: np.ndarray) -> float:
    return float(np.sqrt((wave**2).mean())) if len(wave) else 0.0


def chroma(wave: np.ndarray, rate: int) -> np.ndarray:
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    at = np.fft.rfftfreq(len(wave), 1 / rate)
    within = (at > 100) & (at < 2000)
    return np.bincount(np.round(69 + 12 * np.log2(at[within] / 440)).astype(int) % 12, power[within], 12)


def test_the_texture_is_heard_without_drop_outs_follows_its_chord_and_stops_at_once(
    stage: tuple[Daemon, Osc], recorder: Recorder
) -> None:
    daemon, osc = stage
    recorder.connect()
    assert loud(recorder.since(0)) == 0.0
    silences = []
    for _ in range(3):
        started = recorder.now
        osc.tell("play")
        time.sleep(3.0)
        wave = recorder.since(started + recorder.rate)
        assert np.isfinite(wave).all()
        assert loud(wave) > 0.003
        assert np.abs(wave).max() < 0.99
        assert np.abs(np.diff(wave, axis=0)).max() < 0.5
        found = chroma(wave.mean(1), recorder.rate)
        assert found[list(C_MAJOR)].sum() > 0.6 * found.sum()
        stopped = recorder.now
        osc.tell("stop")
        time.sleep(0.5)
        after = recorder.since(stopped)
        sounding = np.flatnonzero(np.abs(after).max(1))
        silences.append((int(sounding[-1]) if len(sounding) else 0) / recorder.rate)
    assert min(silences) < FADE + 0.03, f"it went on for {silences} s"
    assert max(silences) < 0.25
    time.sleep(1.2)
    assert osc.ask("status/texture_underruns") == 0
    assert daemon.process.poll() is None


def test_its_death_does_not_touch_the_band_and_another_one_takes_its_place(
    stage: tuple[Daemon, Osc], recorder: Recorder
) -> None:
    daemon, osc = stage
    recorder.connect()
    osc.tell("play")
    time.sleep(1.5)
    others = [daemon.child("wire"), daemon.child("engine")]
    killed = daemon.kill("sound")
    daemon.wait_for("the audio process ended")
    until = time.monotonic() + 10
    while osc.ask("status/texture") == "away" or daemon.child("sound") in (0, killed):
        assert time.monotonic() < until
        time.sleep(0.1)
    recorder.connect()
    began = recorder.now
    time.sleep(2.0)
    assert loud(recorder.since(began + recorder.rate // 2)) > 0.003
    assert [daemon.child("wire"), daemon.child("engine")] == others
    assert osc.ask("status/playing") == 1
