import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from bridge.errors import SettingsError
from bridge.record.audio import TAIL, write_audio
from bridge.record.soundfont import check_soundfont
from bridge.record.timbre import RATE
from tests.bridge.record.takes import one_note
from tests.bridge.record.tiny_soundfont import sine_font


def test_without_the_package_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinysoundfont", None)
    with pytest.raises(SettingsError, match="pip install"):
        check_soundfont(tmp_path / "any.sf2")


def test_a_soundfont_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("tinysoundfont")
    with pytest.raises(SettingsError, match=r"none\.sf2"):
        check_soundfont(tmp_path / "none.sf2")


def test_a_file_that_is_no_soundfont_is_refused_and_no_sound_is_written(tmp_path: Path) -> None:
    pytest.importorskip("tinysoundfont")
    font = tmp_path / "bad.sf2"
    font.write_bytes(b"RIFF but not really")
    with pytest.raises(SettingsError, match="no SoundFont"):
        write_audio(one_note(), tmp_path / "jam.wav", font)
    assert not (tmp_path / "jam.wav").exists()


def test_a_note_through_a_soundfont_has_its_pitch_and_the_take_its_length(tmp_path: Path) -> None:
    pytest.importorskip("tinysoundfont")
    font = tmp_path / "sine.sf2"
    font.write_bytes(sine_font())
    take = one_note(pitch=69, beats=4.0)
    write_audio(take, tmp_path / "jam.wav", font)
    with wave.open(str(tmp_path / "jam.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).sum(axis=1)
    assert len(sound) == round((take.seconds + TAIL) * RATE)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert np.fft.rfftfreq(len(sound), 1 / RATE)[power.argmax()] == pytest.approx(440.0, rel=0.01)
