import wave
from pathlib import Path

import numpy as np
import pytest

from bridge.errors import SettingsError
from bridge.sound.seeds import load_seeds
from tests.bridge.sound.packs import shipped
from tests.bridge.sound.waves import RATE, noise, tones


def save(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())


def test_every_sound_of_a_folder_is_a_seed_and_each_has_a_character_of_its_own(tmp_path: Path) -> None:
    save(tmp_path / "b tone.wav", tones((57, 69)))
    save(tmp_path / "a noise.wav", noise(0.3))
    (tmp_path / "notes.txt").write_text("no sound")
    told: list[str] = []
    seeds = load_seeds(tmp_path, shipped(), told.append)
    assert [seed.name for seed in seeds] == ["a noise", "b tone"]
    assert np.abs(seeds[0].character - seeds[1].character).max() > 0.1
    assert not told


def test_files_that_are_no_sounds_are_told_one_line_each_and_left_out(tmp_path: Path) -> None:
    save(tmp_path / "good.wav", tones((60,)))
    save(tmp_path / "silent.wav", np.zeros(1000))
    (tmp_path / "broken.wav").write_bytes(b"RIFF" + b"\0" * 20)
    (tmp_path / "empty.flac").write_bytes(b"")
    told: list[str] = []
    assert [seed.name for seed in load_seeds(tmp_path, shipped(), told.append)] == ["good"]
    assert len(told) == 3
    assert all("\n" not in line for line in told)
    assert {line.split()[0] for line in told} == {"broken.wav", "empty.flac", "silent.wav"}


def test_how_loud_a_seed_is_and_what_silence_it_begins_with_do_not_matter(tmp_path: Path) -> None:
    save(tmp_path / "a.wav", tones((57, 64, 69)))
    save(tmp_path / "b.wav", np.concatenate([np.zeros(RATE // 2), tones((57, 64, 69)) * 0.1]))
    loud, soft = load_seeds(tmp_path, shipped(), print)
    assert np.abs(loud.character - soft.character).max() < 0.25


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no folder"):
        load_seeds(tmp_path / "gone", shipped(), print)
