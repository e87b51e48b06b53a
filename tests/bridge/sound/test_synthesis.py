import itertools

import numpy as np
import pytest

from bridge.sound.analysis import frames_of
from bridge.sound.bands import BANDS, FRAME, KEYS, RANGE_DB, Array
from bridge.sound.synthesis import Synthesis
from tests.bridge.sound.waves import RATE, noise, steepest, tones

LAG = 2
"""Frames from a frame to its middle in the sound."""


def played(frames: Array, rate: int = RATE, ensemble: float = 0.0) -> Array:
    synthesis = Synthesis(rate, 1, ensemble)
    return np.concatenate([synthesis.block(frame) for frame in frames])


def test_tones_come_back_at_their_level_within_a_tenth_of_a_decibel() -> None:
    frames = frames_of(tones((36, 48, 55, 64, 72, 91)), RATE)
    again = frames_of(played(frames).mean(1), RATE)
    here, there = frames[15:60, :KEYS], again[15 + LAG : 60 + LAG, :KEYS]
    loud = here > 0.4
    assert np.abs(here - there)[loud].mean() * RANGE_DB < 0.1
    assert there[~loud].max() < here[loud].min() - 0.3


def test_noise_comes_back_as_noise_of_its_level() -> None:
    frames = frames_of(noise(), RATE)
    wave = played(frames)
    again = frames_of(wave[:, 0].copy(), RATE)
    assert (again[20:70, :BANDS].mean() - frames[20:70, :BANDS].mean()) * RANGE_DB == pytest.approx(0.0, abs=1.0)
    assert again[20:70, BANDS:].mean() < 0.25


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000, 96_000])
def test_a_tone_has_its_pitch_at_every_rate(rate: int) -> None:
    frame = np.zeros(FRAME, np.float32)
    frame[69 - 33], frame[BANDS:] = 0.8, 1.0
    wave = played(np.stack([frame] * 60), rate)[:, 0]
    steady = wave[rate // 4 : rate]
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady))))
    assert float(spectrum.argmax()) * rate / len(steady) == pytest.approx(440.0, abs=1.5)


def test_block_edges_are_no_steeper_than_what_lies_between() -> None:
    random = np.random.default_rng(2)
    frames = np.clip(frames_of(tones((40, 52, 59, 68)), RATE) + random.normal(0, 0.05, (87, FRAME)), 0, 1)
    frames[:, BANDS:] = 1.0
    synthesis = Synthesis(RATE)
    blocks = [synthesis.block(frame.astype(np.float32)) for frame in frames]
    edges = [float(np.abs(after[0] - before[-1]).max()) for before, after in itertools.pairwise(blocks)]
    assert max(edges) <= steepest(np.concatenate(blocks)) * 1.0001
    assert np.mean(edges) < 2.0 * np.mean([np.abs(np.diff(block, axis=0)).max() for block in blocks])


def test_from_one_frame_to_silence_it_fades_and_ends_at_nothing() -> None:
    frame = np.zeros(FRAME, np.float32)
    frame[20:40], frame[BANDS:] = 0.7, 1.0
    wave = played(np.stack([frame] * 8 + [np.zeros(FRAME, np.float32)] * 8))
    assert not wave[-4 * 1024 :].any()
    assert steepest(wave) < 0.3


def test_the_two_sides_are_alike_in_level_and_not_the_same() -> None:
    wave = played(frames_of(tones((45, 52, 61)), RATE), ensemble=1.0)[8192:]
    left, right = np.sqrt((wave**2).mean(0))
    assert left == pytest.approx(right, rel=0.35)
    assert np.abs(wave[:, 0] - wave[:, 1]).max() > 0.02
