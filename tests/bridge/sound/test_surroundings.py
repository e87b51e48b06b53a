import pytest

from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Note, Voice
from bridge.sound.surroundings import FEWEST, MOST, listen, pitch_classes


def played(beats: int, pitch: int = 60, velocity: int = 80) -> list[Heard]:
    return [event for beat in range(beats) for event in (Pressed(beat, pitch, velocity), Released(beat + 0.5, pitch))]


def test_more_notes_make_it_denser_within_bounds() -> None:
    few, many = listen(played(12)[::4], 12.0, 120.0), listen(played(12), 12.0, 120.0)
    assert few.density < many.density
    flood: list[Heard] = [Pressed(beat / 100, 60, 80) for beat in range(1200)]
    assert listen(flood, 12.0, 120.0).density == MOST
    assert listen([], 12.0, 120.0).density == FEWEST


def test_higher_and_louder_music_is_brighter_and_drums_have_no_height() -> None:
    dark, high = listen(played(8, 40), 8.0, 120.0), listen(played(8, 80), 8.0, 120.0)
    loud = listen(played(8, 40, 127), 8.0, 120.0)
    assert dark.brightness < loud.brightness < high.brightness <= 1.0
    drums: list[Heard] = [Sounded(Note(Voice.DRUMS, beat, 0.1, 36, 80)) for beat in range(8)]
    assert listen(drums, 8.0, 120.0).brightness == pytest.approx(0.55, abs=0.05)


def test_what_was_long_ago_does_not_count() -> None:
    assert listen(played(8), 100.0, 120.0) == listen([], 100.0, 120.0)


def test_the_chord_counts_before_the_key_and_nothing_is_made_up() -> None:
    assert pitch_classes(Chord(9, "m"), Key(0)) == (9, 0, 4)
    assert pitch_classes(None, Key(7)) == (7, 2)
    assert pitch_classes(None, None) == ()
