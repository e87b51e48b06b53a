from pathlib import Path

import numpy as np
import pytest

from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.errors import PackError
from bridge.sound.bands import FRAME
from bridge.sound.spectral import Spectral
from bridge.sound.told import EXCERPT, Told
from tests.bridge.sound.packs import NAME, shipped, spoilt


def test_frames_stay_within_bounds_for_a_minute_and_die_away_when_nothing_is_struck() -> None:
    model, state = shipped(), shipped().rest()
    struck = Told((0, 4, 7), 1.0, 0.4, (48, 55, 64), 0.9).vector()
    held = Told((0, 4, 7), 1.0, 0.4).vector()
    peaks = []
    for number in range(2600):
        state = model.step(state, struck if number in (0, 100) else held, model.sounds[0].character)
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
    ("line", "value", "said"),
    [
        ("family", '"lstm"', "\\[texture\\]"),
        ("keys", "75", "not laid out"),
        ("hop", "0.02", "not laid out"),
        ("gain", "nan", "not laid out"),
        ("gain", '"loud"', "codec"),
        ("brightness", "[0.9, 0.1]", "not laid out"),
        ("hidden", "64", "step graph"),
        ("character", "12", "not laid out"),
        ("sounds", '["only one"]', "not laid out"),
        ("sha256", f'"{"0" * 64}"', "damaged"),
    ],
)
def test_a_pack_that_does_not_fit_is_refused_in_one_line(tmp_path: Path, line: str, value: str, said: str) -> None:
    extra = {"voices": '["chords"]'} if line == "family" else {}
    with pytest.raises(PackError, match=said) as caught:
        Spectral.open(spoilt(tmp_path, **{line: value}, **extra))
    assert "\n" not in str(caught.value)


def test_the_engine_says_where_a_sounding_pack_belongs() -> None:
    with pytest.raises(PackError, match=r"\[texture\]"):
        open_pack(find(NAME))


def test_the_pack_is_small() -> None:
    assert sum(path.stat().st_size for path in find(NAME).iterdir()) < 2_000_000
