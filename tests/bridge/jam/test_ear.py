from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.ear import LOSE, Ear
from bridge.music.chord import Chord, parse
from bridge.music.foresight import odds
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


def test_after_a_very_long_silence_or_a_jump_nothing_is_to_come() -> None:
    ear = Ear()
    arpeggio(ear, Key(0))
    ear.advance(8.0 + LOSE - 1, 0.0, Meter(), Key(0))
    assert ear.to_come(8.0 + LOSE, 0.0, Meter()) != ()
    ear.advance(8.0 + LOSE + 1, 0.0, Meter(), Key(0))
    assert ear.to_come(8.0 + LOSE + 4, 0.0, Meter()) == ()
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


def comped(ear: Ear, *roots: int, start: float = 0.0, song: float = 0.0) -> list[bool]:
    """Major chords under the player's hands, a bar each: whether each is told before it is struck."""
    told = []
    for bar, root in enumerate(roots):
        at = start + 4.0 * bar
        ear.advance(at - 0.05, song, Meter(), Key(0))
        told.append(
            any(each.beat <= at and each.chord == Chord(root) for each in ear.to_come(at + 1, song, Meter())[-1:])
        )
        for pitch in (36 + root, *(60 + (root + step) % 12 for step in (0, 4, 7))):
            ear.press(at, pitch)
        for step in range(15):
            ear.advance(at + step / 4, song, Meter(), Key(0))
        for pitch in (36 + root, *(60 + (root + step) % 12 for step in (0, 4, 7))):
            ear.release(at + 3.8, pitch)
    return told


def test_a_loop_of_chords_is_known_when_it_comes_for_the_third_time() -> None:
    assert all(comped(Ear(), *(0, 3, 5, 8) * 4)[8:])


def test_a_loop_that_the_daw_jumps_back_in_is_known_as_well() -> None:
    ear, told = Ear(), []
    for time in range(4):
        told = comped(ear, 0, 3, 5, 8, start=16.0 * time, song=-16.0 * time)
        ear.jump(16.0 * (time + 1))
    assert all(told[1:])


def test_a_note_on_the_beat_belongs_to_the_beat_that_it_begins_whenever_the_ear_is_told_of_time() -> None:
    seldom, often = Ear(), Ear()
    for beat in range(8):
        pitches = ((60, 64, 67), (65, 69, 72))[beat // 2 % 2]
        often.advance(float(beat), 0.0, Meter(), Key(0))
        for ear in (seldom, often):
            for pitch in pitches:
                ear.press(float(beat), pitch)
        for ear in (seldom, often):
            ear.advance(beat + 0.5, 0.0, Meter(), Key(0))
            for pitch in pitches:
                ear.release(beat + 0.9, pitch)
        assert seldom.to_come(beat + 3.0, 0.0, Meter()) == often.to_come(beat + 3.0, 0.0, Meter())
        assert seldom.chord() == often.chord()


def test_a_key_that_is_in_doubt_is_not_taken_for_sure() -> None:
    """Two keys that are as likely as each other: what is told does not hang on which of them is named."""
    doubt, heard = odds({Key(0): 0.5, Key(5): 0.5}), []
    for named in (Key(0), Key(5)):
        ear = Ear()
        ear.advance(0.0, 0.0, Meter(), named, doubt)
        for number, pitch in enumerate((60, 65, 69, 67, 64, 60)):
            ear.press(number * 0.5, pitch)
            ear.release(number * 0.5 + 0.4, pitch)
            ear.advance(number * 0.5 + 0.45, 0.0, Meter(), named, doubt)
        heard.append(ear.to_come(6.0, 0.0, Meter()))
    assert heard[0] == heard[1] != ()
