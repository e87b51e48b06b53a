from export.evaluate.accompany.harmony import chord_tones, clashes, consonant, support, unsupported
from tests.export.evaluate.accompany.stages import TRIAL, comping, played


def test_the_chords_own_notes_are_all_chord_tones() -> None:
    assert chord_tones(TRIAL, comping()) == 1.0


def test_a_band_a_whole_bar_behind_has_fewer_chord_tones() -> None:
    late = chord_tones(TRIAL, comping(late=4.0))
    assert late is not None
    assert late < 0.5


def test_silence_is_neither_right_nor_wrong_and_leaves_the_player_alone() -> None:
    assert chord_tones(TRIAL, ()) is None
    assert clashes(TRIAL, ()) is None
    assert support(TRIAL, ()) == (0.0, 1.0)


def test_a_semitone_under_the_player_on_the_bar_line_clashes() -> None:
    g_in_bar_two = TRIAL.player[8].pitch
    assert clashes(TRIAL, played((8.0, 1.0, g_in_bar_two - 13))) == 1.0
    assert clashes(TRIAL, played((8.0, 1.0, g_in_bar_two - 12))) == 0.0


def test_a_clash_on_a_weak_beat_does_not_count() -> None:
    assert clashes(TRIAL, played((9.0, 0.9, TRIAL.player[9].pitch - 13))) is None


def test_the_player_is_consonant_supported_or_neither() -> None:
    first = TRIAL.player[8].pitch
    band = played((8.0, 1.0, first - 12), (9.0, 1.0, TRIAL.player[9].pitch - 14))
    assert consonant(TRIAL, band) == 1 / 8
    assert unsupported(TRIAL, band) == 6 / 8
