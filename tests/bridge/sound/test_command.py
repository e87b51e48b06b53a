import wave
from pathlib import Path

import numpy as np
import pytest

from bridge.errors import AntiphonError
from bridge.sound.command import Options, render, sounds
from tests.bridge.sound.packs import NAME


def rendered(path: Path) -> tuple[np.ndarray, int]:
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32768.0
        return data, file.getframerate()


def test_a_chart_becomes_a_wav_of_its_length_and_a_tail_that_ends_in_silence(tmp_path: Path) -> None:
    options = Options("C | Am F", 2, tmp_path / "x.wav", tempo=120.0, sound="strings")
    said = render(options, NAME, (), print)
    data, rate = rendered(options.out)
    assert "strings" in said
    assert rate == 44_100
    assert len(data) / rate == pytest.approx(2 * 2.0 + 2.0, abs=0.1)
    assert np.abs(data[rate : 3 * rate]).max() > 0.02
    assert np.abs(data[-10:]).max() < 0.002


def test_the_same_options_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        render(Options("Dm7", 1, tmp_path / f"{name}.wav", seed=4), "", (), print)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"chords": "H#"}, "no chord"),
        ({"chords": ""}, "--chords"),
        ({"sound": "kazoo"}, "kazoo"),
        ({"sound": "99"}, "99"),
        ({"bars": 10_000}, "minutes"),
        ({"seeds": "/nowhere/at/all"}, "no folder"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(tmp_path: Path, options: dict[str, object], said: str) -> None:
    given = {"chords": "C", "bars": 1, "out": tmp_path / "x.wav", **options}
    with pytest.raises(AntiphonError, match=said):
        render(Options(**given), NAME, (), print)  # type: ignore[arg-type]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(AntiphonError, match="cannot be written"):
        render(Options("C", 1, tmp_path / "gone" / "x.wav"), NAME, (), print)


def test_the_sounds_are_listed_with_their_numbers() -> None:
    assert sounds(NAME, (), "", print).splitlines()[0].split() == ["1", "pad"]
