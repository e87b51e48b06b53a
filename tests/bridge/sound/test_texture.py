import numpy as np
import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.sound.bands import HOP, Array
from bridge.sound.scene import Scene
from bridge.sound.texture import KNEE, Texture, bent
from tests.bridge.sound.packs import shipped
from tests.bridge.sound.waves import steepest

MAP = TempoMap(bpm=120.0, playing=True)
C, F_SHARP = (0, 4, 7), (6, 10, 1)


def played(texture: Texture, seconds: float, *scenes: Scene) -> Array:
    """Sound with each scene for its share of the time."""
    count = round(seconds / HOP)
    return np.concatenate(
        [texture.block(scenes[number * len(scenes) // count], number * HOP * 2.0) for number in range(count)]
    )


def scene(classes: tuple[int, ...] = C, **values: float) -> Scene:
    return Scene(map=MAP, sounding=True, pitch_classes=classes, **{"density": 2.0, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_it_sounds_without_clipping_and_without_numbers_that_are_none(rate: int) -> None:
    wave = played(Texture(shipped(), rate), 6.0, scene(level=1.5, motion=1.0, density=8.0))
    assert np.isfinite(wave).all()
    assert np.abs(wave).max() < 1.0
    assert np.sqrt((wave[rate:] ** 2).mean()) > 0.01


def test_leaps_of_every_knob_and_of_the_chord_make_no_click() -> None:
    texture = Texture(shipped(), 44_100)
    calm = scene(brightness=0.3)
    wild = scene(F_SHARP, brightness=0.8, motion=1.0, level=0.4, character=3, density=6.0)
    wave = played(texture, 8.0, calm, wild, calm, wild)
    edges = np.abs(wave[texture.hop :: texture.hop] - wave[texture.hop - 1 : -1 : texture.hop]).max()
    assert edges <= steepest(wave)
    assert steepest(wave) < 0.35 * np.abs(wave).max() + 0.05


def test_the_same_seed_and_the_same_scenes_give_the_same_sound() -> None:
    first, again = (played(Texture(shipped(), 44_100), 2.0, scene(motion=1.0)) for _ in range(2))
    assert (first == again).all()


def test_level_zero_is_silence() -> None:
    texture = Texture(shipped(), 44_100)
    assert not np.abs(played(texture, 1.0, scene(level=0.0))).any()


def test_a_number_beyond_the_last_sound_begins_anew() -> None:
    model = shipped()
    here, there = (played(Texture(model, 44_100), 0.5, scene(character=number)) for number in (0, len(model.sounds)))
    assert (here == there).all()


def test_bending_leaves_what_is_quiet_and_never_reaches_full_scale() -> None:
    quiet = np.linspace(-KNEE, KNEE, 100, dtype=np.float32)
    assert (bent(quiet) == quiet).all()
    loud = bent(np.array([-20.0, -1.0, 1.0, 2.0], np.float32))
    assert np.abs(loud).max() <= 1.0
    assert (np.diff(loud) > 0).all()
