from export.data.hands import bass_of, halves, top_of
from tests.export.data.makings import raw


def low(*notes: tuple[float, float, int, int]) -> list[int]:
    played = raw(*notes)
    return [int(pitch) for pitch in played[bass_of(played), 2]]


def test_the_bass_of_broken_chords_is_their_lowest_note() -> None:
    alberti = [(n * 0.5, 0.5, pitch, 80) for n, pitch in enumerate((48, 55, 52, 55) * 4)]
    assert low(*alberti) == [48] * 4


def test_the_bass_of_an_oom_pah_alternates_and_the_chords_are_chords() -> None:
    notes = []
    for beat, bass in enumerate((36, 43, 36, 43)):
        notes += [(beat, 0.5, bass, 80), (beat + 0.5, 0.5, 55, 80), (beat + 0.5, 0.5, 60, 80)]
    assert low(*notes) == [36, 43, 36, 43]


def test_a_slow_line_of_single_notes_is_all_bass() -> None:
    assert low(*[(n, 1.0, pitch, 80) for n, pitch in enumerate((48, 50, 52, 55, 53, 48))]) == [48, 50, 52, 55, 53, 48]


def test_a_left_hand_up_high_has_no_bass() -> None:
    assert low((0, 1, 60, 80), (1, 1, 64, 80), (2, 1, 57, 80)) == [57]


def test_of_a_chord_only_the_lowest_note_is_bass() -> None:
    assert low((0, 2, 40, 80), (0, 2, 52, 80), (0, 2, 56, 80), (2, 2, 45, 80), (2, 2, 52, 80)) == [40, 45]


def test_the_upper_line_is_the_top_of_the_chords_and_not_what_lies_below_a_held_note() -> None:
    played = raw((0, 4, 76, 80), (0, 1, 60, 80), (1, 1, 64, 80), (2, 1, 67, 80), (4, 1, 74, 80))
    assert played[top_of(played), 2].tolist() == [76, 74]


def test_a_keyboard_on_one_track_has_two_hands() -> None:
    played = raw(*[(n, 1.0, pitch, 80) for n in range(8) for pitch in (40, 47, 64, 72)])
    assert set(played[halves(played), 2].tolist()) == {40, 47}
