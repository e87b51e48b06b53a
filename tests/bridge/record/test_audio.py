import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.music.note import Note, Voice
from bridge.music.tunes import TUNES
from bridge.record.audio import TAIL, cues, write_audio
from bridge.record.take import Take
from bridge.record.timbre import RATE
from tests.bridge.record.takes import jam, one_note


def rendered(take: Take, folder: Path) -> npt.NDArray[np.float64]:
    """Samples by two channels, -1 to 1."""
    path = folder / "jam.wav"
    write_audio(take, path)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, "<i2").reshape(-1, 2) / 32768.0


def test_the_sound_is_as_long_as_the_take_and_its_ring(tmp_path: Path) -> None:
    take = jam(TUNES[0])
    assert len(rendered(take, tmp_path)) == round((take.seconds + TAIL) * RATE)


def test_silence_is_silent(tmp_path: Path) -> None:
    take = Take()
    take.close(8.0)
    assert not rendered(take, tmp_path).any()


def test_a_take_without_any_event_is_a_file_too(tmp_path: Path) -> None:
    assert not rendered(Take(), tmp_path).any()


@pytest.mark.parametrize("voice", [None, Voice.LEAD, Voice.BASS])
def test_a_note_of_a4_sounds_at_440_hertz(tmp_path: Path, voice: Voice | None) -> None:
    sound = rendered(one_note(pitch=69, beats=4.0, voice=voice), tmp_path).sum(axis=1)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert np.fft.rfftfreq(len(sound), 1 / RATE)[power.argmax()] == pytest.approx(440.0, rel=0.005)


def test_a_note_begins_when_its_beat_comes_after_a_step_in_tempo(tmp_path: Path) -> None:
    take = Take()
    take.tempo(TempoMap(bpm=120, playing=True))
    take.tempo(TempoMap(beat=2.0, bpm=60, playing=True))
    take.player_on(3.0, 60, 100)
    take.close(4.0)
    sound = np.abs(rendered(take, tmp_path)).max(axis=1)
    onset = int(np.argmax(sound > 0.005)) / RATE
    assert onset == pytest.approx(2.0, abs=0.01)


def test_the_player_is_on_the_left_and_the_band_on_the_right(tmp_path: Path) -> None:
    left, right = np.abs(rendered(one_note(), tmp_path)).sum(axis=0)
    assert left > 1.3 * right
    left, right = np.abs(rendered(one_note(voice=Voice.LEAD), tmp_path)).sum(axis=0)
    assert right > 1.3 * left


def test_forty_loud_notes_at_once_do_not_clip(tmp_path: Path) -> None:
    take = Take()
    for pitch in range(30, 110, 4):
        take.player_on(0.0, pitch, 127)
        take.band(Note(Voice.LEAD, 0.0, 2.0, pitch, 127))
    take.close(2.0)
    sound = rendered(take, tmp_path)
    assert 0.8 < np.abs(sound).max() < 0.99


def test_a_band_at_work_is_neither_faint_nor_bent(tmp_path: Path) -> None:
    sound = np.abs(rendered(jam(TUNES[0]), tmp_path))
    assert 0.4 < sound.max() < 0.98
    assert (sound > 0.7).mean() < 0.02


def test_the_sound_ends_at_nought(tmp_path: Path) -> None:
    take = one_note(beats=2.0)
    assert np.abs(rendered(take, tmp_path)[-1]).max() < 1e-3


def test_the_same_take_gives_the_same_sound(tmp_path: Path) -> None:
    take = jam(TUNES[3])
    assert np.array_equal(rendered(take, tmp_path), rendered(take, tmp_path))


def test_where_a_block_ends_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = jam(TUNES[3])
    whole = rendered(take, tmp_path)
    monkeypatch.setattr("bridge.record.audio.BLOCK", 1 << 16)
    assert np.abs(rendered(take, tmp_path) - whole).max() < 2e-3


def test_the_pedal_lets_a_note_ring() -> None:
    take = one_note(beats=1.0)
    take.pedal(0.5, 127)
    take.pedal(3.0, 0)
    assert cues(take)[0].seconds == pytest.approx(1.5)
