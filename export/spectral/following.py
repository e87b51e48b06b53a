"""Whether a texture follows: the chord that its sound agrees with most, and what brightness and density do to it."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.chart import Chart
from bridge.music.chord import Chord
from bridge.sound import offline
from bridge.sound.bands import Array
from bridge.sound.scene import Scene
from bridge.sound.spectral import Spectral
from bridge.sound.texture import Texture

CHORDS = tuple(Chord(root, kind) for kind in ("", "m") for root in range(12))
"""All major and minor triads."""
BPM = 120.0
SIZE = 16384
"""Samples of the window that pitch classes are measured with: apart from the analysis that the model learnt from."""
LOW, HIGH = 100.0, 2000.0
"""Hz between which they are measured."""


class Agreement(msgspec.Struct, frozen=True):
    """Cosine of the sound's pitch classes with the chord that was asked for, the best other triad, and all others."""

    asked: float
    rival: float
    others: float
    right: float
    """Share of chords for which the one asked for agrees best of all 24."""


def chroma(wave: Array, rate: int) -> NDArray[np.float64]:
    """Energy by pitch class of a mono wave: [12], of length 1."""
    starts = range(0, len(wave) - SIZE, SIZE // 2)
    window = np.hanning(SIZE)
    power = sum(np.abs(np.fft.rfft(wave[start : start + SIZE] * window)) ** 2 for start in starts)
    at = np.fft.rfftfreq(SIZE, 1 / rate)
    within = (at > LOW) & (at < HIGH)
    classes = np.round(69 + 12 * np.log2(at[within] / 440.0)).astype(int) % 12
    # The root of power is amplitude: a loud bass note does not hide the rest.
    folded = np.sqrt(np.bincount(classes, np.asarray(power)[within], 12))
    return folded / max(float(np.linalg.norm(folded)), 1e-12)


def rendered(texture: Texture, chart: Chart, scene: Scene, bars: int) -> Array:
    """The mono sound of a chart, without its tail."""
    wave = np.concatenate(list(offline.blocks(texture, chart, scene, bars))).mean(1)
    return np.asarray(wave[: -round(offline.TAIL * texture.rate)], np.float32)


def scene(**values: object) -> Scene:
    """A scene that sounds, at BPM."""
    return msgspec.structs.replace(Scene(map=offline.steady(BPM), sounding=True), **values)


def agreement(model: Spectral, sound: int, rate: int = 32_000, chords: Sequence[Chord] = CHORDS) -> Agreement:
    """Play chord after chord (two seconds each, one sound) and listen to the second half of each."""
    texture = Texture(model, rate)
    wave = rendered(
        texture, Chart(tuple((chord,) for chord in chords)), scene(character=sound, density=2.0), len(chords)
    )
    bar = round(4 * 60.0 / BPM * rate)
    templates = np.zeros((24, 12))
    for row, chord in enumerate(CHORDS):
        templates[row, list(chord.pitch_classes)] = 3**-0.5
    found = np.stack(
        [
            templates @ chroma(wave[number * bar + bar // 2 - SIZE // 4 : (number + 1) * bar], rate)
            for number in range(len(chords))
        ]
    )
    asked_rows = [CHORDS.index(chord) for chord in chords]
    asked = found[np.arange(len(chords)), asked_rows]
    rest = found.copy()
    rest[np.arange(len(chords)), asked_rows] = np.nan
    rival = np.nanmax(rest, 1)
    return Agreement(float(asked.mean()), float(rival.mean()), float(np.nanmean(rest)), float((asked > rival).mean()))


def ladder(
    model: Spectral, measure: Callable[[Array, int], float], knob: str, steps: Sequence[float], sound: int = 0
) -> list[float]:
    """What a measure makes of a sound at each step of a knob, other things equal and nothing moving by itself."""
    chart, rate = Chart(((Chord(0),),)), 32_000  # another chord would be struck in any case
    scenes = (scene(**{"motion": 0.0, "character": sound, knob: step}) for step in steps)
    return [measure(rendered(Texture(model, rate), chart, here, 6), rate) for here in scenes]


def middle(wave: Array, rate: int) -> float:
    """Hz below which half of the amplitude of the sound lies."""
    amplitude = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    at = np.fft.rfftfreq(len(wave), 1 / rate)
    amplitude[at < 40.0] = 0.0
    total = np.cumsum(amplitude**1.0)
    return float(at[np.searchsorted(total, total[-1] / 2)])


def quietest(wave: Array, rate: int) -> float:
    """Level of its quietest tenth, in dB of full scale: higher where it is struck again before it has died away."""
    step = rate // 50
    level = np.sqrt((wave[: len(wave) // step * step].reshape(-1, step) ** 2).mean(1))
    return float(20 * np.log10(np.quantile(level, 0.1) + 1e-6))
