import msgspec
import pytest

from bridge.engine.codec import PART_OF, Part
from bridge.engine.urge import STRONGEST, urges
from bridge.music.note import Note, Voice


def played(voice: Voice, every: float, first: float = 0.0, last: float = 16.0) -> list[Note]:
    count = int((last - first) / every)
    return [Note(voice, first + every * step, 0.5, 60, 80) for step in range(count)]


def test_a_voice_that_was_silent_wants_to_play_and_one_that_flooded_does_not() -> None:
    found = urges({Voice.BASS: 0.75, Voice.CHORDS: 1.0}, played(Voice.CHORDS, 0.25), 16.0)
    assert found[PART_OF[Voice.BASS]] > 1.0
    assert found[PART_OF[Voice.CHORDS]] < -1.0
    assert abs(found).max() <= STRONGEST


def test_a_voice_that_plays_as_much_as_it_is_told_is_at_ease() -> None:
    found = urges({Voice.BASS: 1.0}, played(Voice.BASS, 1.0), 16.0)
    assert found[PART_OF[Voice.BASS]] == pytest.approx(0.0)


def test_a_chord_is_one_onset() -> None:
    beats = played(Voice.CHORDS, 1.0)
    chord = [msgspec.structs.replace(note, pitch=pitch) for pitch in (60, 64, 67) for note in beats]
    assert urges({Voice.CHORDS: 1.0}, chord, 16.0)[PART_OF[Voice.CHORDS]] == pytest.approx(0.0)


def test_a_voice_that_is_told_nothing_and_the_player_have_no_urge() -> None:
    found = urges({Voice.BASS: 1.0}, played(Voice.DRUMS, 0.5), 16.0)
    assert found[PART_OF[Voice.DRUMS]] == found[PART_OF[Voice.CHORDS]] == found[Part.HELD] == 0.0


def test_nothing_is_concluded_from_music_that_has_just_begun() -> None:
    assert not urges({Voice.BASS: 1.0}, played(Voice.DRUMS, 0.5, 15.0), 16.0).any()
    assert not urges({Voice.BASS: 1.0}, [], 16.0).any()


def test_what_is_long_past_does_not_count() -> None:
    old, new = played(Voice.BASS, 0.25, 0.0, 4.0), played(Voice.DRUMS, 0.5, 4.0)
    assert urges({Voice.BASS: 1.0}, [*old, *new], 16.0)[PART_OF[Voice.BASS]] > 1.0
