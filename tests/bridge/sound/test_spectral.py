from pathlib import Path

import numpy as np
import pytest

from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.errors import PackError
from bridge.sound.bands import FRAME
from bridge.sound.spectral import Spectral
from bridge.sound.told import EXCERPT, HOLD, Told
from tests.bridge.sound.packs import NAME, shipped, spoilt


def test_frames_stay_within_bounds_for_a_minute_and_die_away_when_nothing_is_struck() -> None:
    model, state = shipped(), shipped().rest()
    struck = Told((0, 4, 7), 1.0, 0.4, ((48, 0.9), (55, 0.9), (64, 0.9))).vector()
    held = Told((0, 4, 7), 1.0, 0.4).vector()
    peaks = []
    for number in range(2600):
        state = model.step(state, struck if number % 100 < HOLD and number < 200 else held, model.sounds[0].character)
        assert state.frame.min() >= 0.0
        assert state.frame.max() <= 1.0
        peaks.append(float(state.frame[:76].max()))
    assert max(peaks[100:130]) > peaks[-1] + 0.15


def test_a_sound_is_read_from_its_first_frames_however_few_there_are() -> None:
    model = shipped()
    for count in (0, 3, EXCERPT, 200):
        sound = model.read("mine", np.full((count, FRAME), 0.4, np.float32))
        assert sound.character.shape == model.sounds[0].character.shape
        assert sound.frames is not None
        assert len(sound.frames) == EXCERPT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('family = "spectral"', 'family = "lstm"', "no voices"),
        ("keys = 76", "keys = 75", "not laid out"),
        ("hop = 0.0232", "hop = 0.0242", "not laid out"),
        ("gain = ", "gain = nan #", "not laid out"),
        ("gain = ", 'gain = "loud" #', "codec"),
        ("brightness = ", "brightness = [0.9, 0.1] #", "not laid out"),
        ("hidden = ", "hidden = 1", "step graph"),
        ("character = ", "character = 1", "not laid out"),
        ('"pad",', "", "not laid out"),
        ('sha256 = "', 'sha256 = "0', "damaged"),
        ("step.onnx", "gone.onnx", "missing"),
    ],
)
def test_a_pack_that_does_not_fit_is_refused_in_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(PackError, match=said) as caught:
        Spectral.open(spoilt(tmp_path, old, new))
    assert "\n" not in str(caught.value)


def test_a_pack_that_plays_notes_is_refused_where_sound_is_wanted() -> None:
    with pytest.raises(PackError, match="makes notes and no sound"):
        Spectral.open(find("lstm-melody"))


def test_the_engine_says_where_a_sounding_pack_belongs() -> None:
    with pytest.raises(PackError, match=r"\[texture\]"):
        open_pack(find(NAME))


def test_the_pack_is_small() -> None:
    assert sum(path.stat().st_size for path in find(NAME).iterdir()) < 2_000_000
