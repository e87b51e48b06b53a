from pathlib import Path

import mido
import pytest

from bridge.daw.base import Clip, ClipNote
from bridge.daw.clip_file import write_clip_file
from bridge.daw.keep import keep_last
from bridge.daw.kept_folder import write_kept
from bridge.errors import DawError
from bridge.music.meter import Meter
from tests.bridge.record.takes import jam

CLIP = Clip("kept lead", (ClipNote(0.0, 1.0, 60, 80), ClipNote(1.0, 0.5, 60, 90)), 4.0)


def test_a_clip_is_one_track_as_long_as_its_bars_in_its_tempo_and_meter(tmp_path: Path) -> None:
    file = mido.MidiFile(write_clip_file(CLIP, tmp_path / "a.mid", bpm=90.0, meter=Meter(3, 4)))
    assert (file.type, len(file.tracks)) == (0, 1)
    assert sum(message.time for message in file.tracks[0]) == 4 * file.ticks_per_beat
    notes = [(m.type, m.note, m.time) for m in file.tracks[0] if m.type.startswith("note")]
    assert notes == [("note_on", 60, 0), ("note_off", 60, 480), ("note_on", 60, 0), ("note_off", 60, 240)]
    tempo = next(m for m in file.tracks[0] if m.type == "set_tempo")
    assert mido.tempo2bpm(tempo.tempo) == pytest.approx(90.0, abs=0.01)


def test_what_is_kept_is_a_file_for_every_voice_and_a_score(tmp_path: Path) -> None:
    take = jam()
    files = write_kept(keep_last(take, 4, take.end, "kept"), tmp_path / "kept")
    assert {file.name for file in files} == {"lead.mid", "chords.mid", "bass.mid", "drums.mid", "score.musicxml"}
    assert all(file.stat().st_size for file in files)


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DawError, match=r"set `folder` under \[daw\]"):
        write_clip_file(CLIP, tmp_path / "file" / "a.mid")
