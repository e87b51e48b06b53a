import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.daw.base import ClipNote
from bridge.daw.keep import keep_last
from bridge.errors import DawError
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.record.take import Take
from tests.bridge.record.takes import jam


def take_of(*notes: Note, meter: Meter | None = None, song: float = 0.0) -> Take:
    take = Take()
    take.tempo(TempoMap(bpm=90.0, meter=meter or Meter(), playing=True, song=song))
    for note in notes:
        take.band(note)
    return take


def lead(beat: float, duration: float = 1.0, pitch: int = 60) -> Note:
    return Note(Voice.LEAD, beat, duration, pitch, 80)


def test_the_bars_that_are_kept_end_with_the_bar_of_the_last_onset() -> None:
    kept = keep_last(take_of(lead(1.0), lead(5.0), lead(9.5)), 2, 30.0, "kept")
    clip = kept.clips[Voice.LEAD]
    assert (kept.start, clip.song, clip.beats, len(kept.bars), kept.bpm) == (4.0, 4.0, 8.0, 2, 90.0)
    assert [note.beat for note in clip.notes] == [1.0, 5.5]
    assert clip.name == "kept lead"


def test_notes_that_are_yet_to_come_do_not_count() -> None:
    kept = keep_last(take_of(lead(1.0), lead(9.0)), 4, 5.0, "kept")
    assert [note.beat for note in kept.clips[Voice.LEAD].notes] == [1.0]


def test_a_clip_lies_at_the_song_beat_at_which_it_was_played() -> None:
    clip = keep_last(take_of(lead(6.0), song=10.0), 1, 30.0, "kept").clips[Voice.LEAD]
    assert (clip.song, clip.notes[0].beat) == (16.0, 0.0)


def test_every_voice_that_played_has_a_clip_of_its_own_and_of_one_length() -> None:
    take = jam()
    kept = keep_last(take, 4, take.end, "kept")
    assert set(kept.clips) == {Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS}
    assert len({clip.beats for clip in kept.clips.values()}) == 1
    for clip in kept.clips.values():
        for note in clip.notes:
            assert 0 <= note.beat < note.beat + note.duration <= clip.beats + 1e-9


def test_a_key_struck_again_is_let_go_first_and_a_note_that_outlasts_the_bars_is_cut() -> None:
    clip = keep_last(take_of(lead(0.0, 2.0), lead(1.0, 9.0)), 1, 30.0, "kept").clips[Voice.LEAD]
    assert clip.notes == (ClipNote(0.0, 1.0, 60, 80), ClipNote(1.0, 3.0, 60, 80))


def test_where_nothing_was_played_nothing_is_kept_and_that_is_said() -> None:
    with pytest.raises(DawError, match="not played anything"):
        keep_last(Take(), 4, 10.0, "kept")
    with pytest.raises(DawError, match="1 to 64 bars, not 0"):
        keep_last(take_of(lead(0.0)), 0, 10.0, "kept")
