import numpy as np
import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.sound.feed import FADE
from bridge.sound.outputs import Pull
from bridge.sound.player import PATIENCE, REPORT, Player
from bridge.sound.scene import Scene
from bridge.sound.texture import Texture
from tests.bridge.sound.packs import shipped

RATE = 44_100
SCENE = Scene(map=TempoMap(bpm=120.0, playing=True), sounding=True, pitch_classes=(0, 4, 7), density=4.0)


class Tape:
    """An output that is pulled by hand."""

    name, rate, latency, xruns, lost = "tape", RATE, 0.005, 0, False

    def start(self, pull: Pull) -> None:
        self.pull = pull

    def close(self) -> None:
        self.lost = True


class Stage:
    """A player whose time passes as its output is pulled."""

    def __init__(self) -> None:
        self.time = 100.0
        self.tape = Tape()
        self.player = Player(Texture(shipped(), RATE), self.tape, lambda: self.time)

    def play(self, seconds: float) -> np.ndarray:
        found = []
        for _ in range(round(seconds / 0.01)):
            while self.player.step() == 0.0:
                pass
            found.append(self.tape.pull(RATE // 100))
            self.time += 0.01
        return np.concatenate(found)


def test_it_keeps_ahead_of_its_output_and_reports_once_a_second() -> None:
    stage = Stage()
    stage.player.follow(SCENE)
    wave = stage.play(3.0)
    assert np.sqrt((wave[RATE:] ** 2).mean()) > 0.005
    report = stage.player.report()
    assert report is not None
    assert (report.sounding, report.underruns) == (True, 0)
    assert report.ahead_ms >= 130.0
    assert 0.0 < report.peak < 1.0
    assert stage.player.report() is None
    stage.time += REPORT
    assert stage.player.report() is not None


def test_a_scene_without_sound_is_silent_within_the_fade_and_makes_no_more() -> None:
    stage = Stage()
    stage.player.follow(SCENE)
    stage.play(1.0)
    stage.player.follow(Scene())
    after = stage.play(0.2)
    assert not after[round((FADE + 0.01) * RATE) :].any()
    assert stage.player.step() == pytest.approx(PATIENCE)
    stage.player.follow(SCENE)
    assert stage.play(1.0).any()


def test_an_output_that_has_gone_is_known() -> None:
    stage = Stage()
    assert not stage.player.lost
    stage.player.close()
    assert stage.player.lost
