from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.ear import Ear
from bridge.music.chord import Chord, parse
from bridge.music.key import Key
from bridge.music.meter import Meter


def played(chords: str, by: int = 0, length: float = 3.9) -> list[Chord | None]:
    """What is heard near the end of every bar, of chords struck on its first beat with their bass."""
    ear, heard = Ear(), []
    for bar, symbol in enumerate(chords.split()):
        chord = parse(symbol)
        assert chord is not None
        pitches = [36 + (chord.lowest + by) % 12, *(60 + (pc + by) % 12 for pc in chord.pitch_classes)]
        for pitch in pitches:
            ear.press(bar * 4.0, pitch)
        for step in range(1, 16):
            ear.advance(bar * 4.0 + step * 0.25, 0.0, Meter(), Key(by % 12))
        heard.append(ear.chord())
        for pitch in pitches:
            ear.release(bar * 4.0 + length, pitch)
        ear.advance(bar * 4.0 + 3.95, 0.0, Meter(), Key(by % 12))
    return heard


@given(st.integers(0, 11))
def test_a_progression_is_heard_bar_by_bar_in_every_key(by: int) -> None:
    heard = played("C Am F G7 C", by)
    assert [chord and chord.root for chord in heard] == [(root + by) % 12 for root in (0, 9, 5, 7, 0)]
    assert heard[1] is not None
    assert heard[1].kind.startswith("m")


def test_before_anything_is_played_no_chord_is_heard() -> None:
    ear = Ear()
    ear.advance(4.0, 0.0, Meter(), None)
    assert ear.chord() is None


def test_a_single_note_names_no_chord() -> None:
    ear = Ear()
    ear.press(0.0, 64)
    ear.advance(0.5, 0.0, Meter(), Key(0))
    assert ear.chord() is None


def test_after_a_long_silence_the_chord_is_forgotten() -> None:
    ear = Ear()
    for pitch in (48, 60, 64, 67):
        ear.press(0.0, pitch)
    for pitch in (48, 60, 64, 67):
        ear.release(2.0, pitch)
    ear.advance(3.0, 0.0, Meter(), Key(0))
    assert ear.chord() == Chord(0)
    ear.advance(20.0, 0.0, Meter(), Key(0))
    assert ear.chord() is None


def test_a_chord_is_named_while_its_keys_are_still_down() -> None:
    ear = Ear()
    ear.advance(0.0, 0.0, Meter(), Key(0))
    for pitch in (41, 57, 60, 65):
        ear.press(0.0, pitch)
    ear.advance(0.9, 0.0, Meter(), Key(0))
    assert ear.chord() == Chord(5)


def test_a_key_that_is_let_go_on_the_beat_says_nothing_of_the_beat_that_begins() -> None:
    ear = Ear()
    ear.advance(0.0, 0.0, Meter(), Key(0))
    for pitch in (43, 59, 62, 67):
        ear.press(0.0, pitch)
    ear.advance(1.0, 0.0, Meter(), Key(0))
    for pitch in (43, 59, 62, 67):
        ear.release(1.0, pitch)
    for pitch in (48, 60, 64, 67):
        ear.press(1.0, pitch)
    ear.advance(1.9, 0.0, Meter(), Key(0))
    assert ear.chord() == Chord(0)


def arpeggio(ear: Ear, key: Key, bars: int = 2) -> None:
    """C and G7, broken, a bar each, in eighths."""
    for bar in range(bars):
        for eighth in range(8):
            at = bar * 4 + eighth / 2
            pitch = ((60, 64, 67, 64), (67, 71, 74, 77))[bar % 2][eighth % 4]
            ear.advance(at, 0.0, Meter(), key)
            ear.press(at, pitch)
            ear.release(at + 0.5, pitch)


def test_what_is_to_come_is_told_beat_by_beat_from_where_the_music_is() -> None:
    ear = Ear()
    arpeggio(ear, Key(0))
    ear.advance(7.6, 0.0, Meter(), Key(0))
    told = ear.to_come(10.0, 0.0, Meter())
    assert told[0].beat == 7.0
    assert told[0].chord is not None
    assert told[0].chord.root == 7
    assert all(7.0 <= at.beat < 10.0 for at in told)
    assert all(before.chord != after.chord for before, after in pairwise(told))


def test_the_songs_place_is_told_in_stage_beats() -> None:
    ear = Ear()
    for at in (0.5, 1.0, 1.5):
        ear.advance(at, 3.5, Meter(), Key(0))
        ear.press(at, 60)
        ear.release(at + 0.4, 60)
    assert ear.to_come(4.0, 3.5, Meter())[0].beat == 1.5


def test_without_a_key_or_a_note_nothing_is_to_come() -> None:
    ear = Ear()
    ear.advance(0.0, 0.0, Meter(), Key(0))
    assert ear.to_come(4.0, 0.0, Meter()) == ()
    ear.press(0.0, 60)
    assert ear.to_come(4.0, 0.0, Meter()) != ()
    deaf = Ear()
    deaf.press(0.0, 60)
    deaf.advance(0.5, 0.0, Meter(), None)
    assert deaf.to_come(4.0, 0.0, Meter()) == ()


def test_after_a_long_silence_or_a_jump_nothing_is_to_come() -> None:
    ear = Ear()
    arpeggio(ear, Key(0))
    ear.advance(30.0, 0.0, Meter(), Key(0))
    assert ear.to_come(34.0, 0.0, Meter()) == ()
    arpeggio(ear, Key(0))
    ear.forget()
    assert ear.to_come(12.0, 0.0, Meter()) == ()


def test_where_the_key_moves_what_is_known_is_the_same_chord() -> None:
    ear = Ear()
    arpeggio(ear, Key(0), bars=1)
    ear.advance(3.9, 0.0, Meter(), Key(0))
    before = ear.to_come(4.0, 0.0, Meter())[0].chord
    ear.advance(3.95, 0.0, Meter(), Key(5))
    assert ear.to_come(4.0, 0.0, Meter())[0].chord == before


def test_a_chord_struck_at_once_is_told_at_once() -> None:
    ear = Ear()
    arpeggio(ear, Key(0))
    ear.advance(8.0, 0.0, Meter(), Key(0))
    for pitch in (45, 60, 64, 69):
        ear.press(8.0, pitch)
    ear.advance(8.1, 0.0, Meter(), Key(0))
    assert ear.to_come(10.0, 0.0, Meter())[0].chord == Chord(9, "m")
