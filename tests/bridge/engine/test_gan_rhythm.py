import numpy as np

from bridge.engine.family import Pressed, Released
from bridge.engine.gan_rhythm import Rhythm, last_tapped, rhythm_of
from bridge.engine.memory import Memory
from bridge.engine.window import Window
from bridge.music.note import Note, Voice

WINDOW = Window(8.0, number=1)


def tapped(beats: list[float], pitches: tuple[int, ...] = (60,)) -> Memory:
    memory = Memory()
    for number, beat in enumerate(beats):
        pitch = pitches[number % len(pitches)]
        memory.hear(Pressed(beat, pitch, 90))
        memory.hear(Released(beat + 0.05, pitch))
    return memory


def steps(rhythm: Rhythm) -> list[int]:
    return np.flatnonzero(rhythm.tap.onset).tolist()


def last(memory: Memory, now: float, window: Window = WINDOW, hold: float = 32.0) -> Rhythm:
    return last_tapped(memory, window, now, 4.0, 0.0, hold)


def test_a_rhythm_of_two_bars_comes_round_after_two() -> None:
    assert steps(last(tapped([0.0, 1.5, 4.0, 7.0]), 8.0)) == [0, 6, 16, 28]


def test_a_rhythm_of_one_bar_comes_round_every_bar() -> None:
    assert steps(last(tapped([4.0, 5.5]), 8.0)) == [0, 6, 16, 22]


def test_what_is_tapped_within_a_beat_counts_when_the_beat_is_over() -> None:
    memory = tapped([0.0, 4.0, 8.5])
    assert steps(last(memory, 8.9)) == [0, 16]
    assert 2 in steps(last(memory, 9.0))


def test_a_tap_just_ahead_of_the_beat_belongs_to_the_beat() -> None:
    rhythm = last(tapped([0.98, 3.97, 7.9]), 9.0)
    assert steps(rhythm) == [0, 4, 16]
    assert rhythm.tap.offset[4] < 0


def test_a_rhythm_holds_when_the_player_stops_and_not_for_ever() -> None:
    memory = tapped([0.0, 1.0, 2.5, 4.0, 5.0, 6.5])
    later = Window(24.0, number=3)
    assert steps(last(memory, 24.0, later, hold=32.0)) == [0, 4, 10, 16, 20, 26]
    assert not last(memory, 24.0, later, hold=8.0).there


def test_silence_is_no_rhythm() -> None:
    assert not last(Memory(), 8.0).there


def test_a_tune_is_tapped_less_than_one_key() -> None:
    beats = [0.5 * n for n in range(16)]
    assert last(tapped(beats), 8.0).tapped == 1.0
    assert last(tapped(beats, (60, 36)), 8.0).tapped == 1.0
    assert last(tapped(beats, (60, 62, 64, 65, 67, 69, 71, 72)), 8.0).tapped == 0.25


def test_notes_come_round_in_either_direction() -> None:
    notes = [Note(Voice.BASS, 17.0, 0.5, 40, 80), Note(Voice.BASS, 2.0, 0.5, 40, 80)]
    assert steps(rhythm_of(notes, WINDOW, 8.0, 0.0)) == [4, 8]
