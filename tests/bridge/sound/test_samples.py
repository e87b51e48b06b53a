import builtins
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bridge.errors import SettingsError
from bridge.sound import samples


def written(path: Path, width: int, channels: int = 1, rate: int = 8000) -> Path:
    values = np.array([0.0, 0.5, -0.5, 0.25] * 100)
    if width == 1:
        data = np.round(values * 127 + 128).astype(np.uint8).repeat(channels).tobytes()
    else:
        whole = np.round(values.repeat(channels) * (2 ** (8 * width - 1) - 1)).astype("<i4")
        data = whole.view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_integer_wav_of_every_width_is_read_as_mono(tmp_path: Path, width: int, channels: int) -> None:
    found, rate = samples.read(written(tmp_path / "a.wav", width, channels))
    assert rate == 8000
    assert found[:4] == pytest.approx([0.0, 0.5, -0.5, 0.25], abs=0.01)
    assert len(found) == 400


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.wav", b""), ("a.wav", b"RIFF....WAVE"), ("b.flac", b"fLaC" + b"\0" * 50), ("c.aiff", b"not a sound at all")],
)
def test_what_is_no_sound_is_told_in_one_line_with_its_name(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SettingsError, match=name.replace(".", r"\.")) as caught:
        samples.read(tmp_path / name)
    assert not set("\n<>") & set(str(caught.value)), "a line in words, without Python's own"


def test_a_file_that_is_not_there_and_one_without_sound_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        samples.read(tmp_path / "gone.wav")
    with wave.open(str(tmp_path / "empty.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
    with pytest.raises(SettingsError, match="no sound"):
        samples.read(tmp_path / "empty.wav")


def test_a_rate_that_no_sound_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="100 samples a second"):
        samples.read(written(tmp_path / "slow.wav", 2, rate=100))


def test_without_the_extra_other_kinds_are_told_what_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "soundfile":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    (tmp_path / "a.flac").write_bytes(b"fLaC" + b"\0" * 50)
    with pytest.raises(SettingsError, match="`audio` extra"):
        samples.read(tmp_path / "a.flac")
