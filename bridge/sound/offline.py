"""A texture into a WAV file for the DAW: what plays live, made faster than real time."""

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bridge.clock.tempo_map import TempoMap
from bridge.errors import SettingsError
from bridge.music.chart import Chart
from bridge.sound.bands import Array
from bridge.sound.scene import Scene
from bridge.sound.texture import LEAD, Texture

TAIL: Final = 2.0
"""Seconds in which it dies away after the last bar."""
LONGEST: Final = 3600.0
"""Seconds of a file at most."""


def blocks(texture: Texture, chart: Chart, scene: Scene, bars: int) -> Iterator[Array]:
    """Blocks of the texture over so many bars of a chart, from the first sample on, with a tail that fades.

    Raises SettingsError where that would be too long.
    """
    seconds = _check(scene, bars)
    ahead = LEAD * scene.map.bpm / 60.0
    samples, skipped = round((seconds + TAIL) * texture.rate), round(LEAD * texture.rate)
    done = -skipped
    while done < samples:
        beat = max(0.0, (done + skipped) / texture.rate * scene.map.bpm / 60.0)
        over = beat - ahead >= bars * scene.map.meter.bar
        chord = chart.at(min(beat, bars * scene.map.meter.bar - 1e-6), scene.map.meter)
        classes = chord.pitch_classes if chord is not None else ()
        now = msgspec.structs.replace(scene, pitch_classes=classes, density=0.0 if over else scene.density)
        block = texture.block(now, beat)
        start, end = max(0, -done), min(len(block), samples - done)
        if end > start:
            left = (samples - done - np.arange(start, end)) / (TAIL * texture.rate)
            yield block[start:end] * np.clip(left, 0.0, 1.0)[:, None].astype(np.float32)
        done += len(block)


def write(texture: Texture, chart: Chart, scene: Scene, bars: int, path: Path) -> float:
    """Write a stereo WAV of 16 bits; returns its length in seconds. Raises SettingsError, or OSError."""
    samples = 0
    _check(scene, bars)
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(texture.rate)
        for block in blocks(texture, chart, scene, bars):
            file.writeframes(np.round(block * 32767.0).astype("<i2").tobytes())
            samples += len(block)
    return samples / texture.rate


def _check(scene: Scene, bars: int) -> float:
    """Seconds that so many bars take. Raises SettingsError where they are too many."""
    seconds = bars * scene.map.meter.bar * 60.0 / scene.map.bpm
    if seconds + TAIL > LONGEST:
        raise SettingsError(f"{bars} bars take {seconds / 60:.0f} minutes; a file can have {LONGEST / 60:.0f}")
    return seconds


def steady(bpm: float) -> TempoMap:
    """The map of a song that has always played."""
    return TempoMap(bpm=bpm, playing=True)
